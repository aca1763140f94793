// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// For the targets that touch C memory: every unsafe call is spelled out.
let memorySafe = strict + [.strictMemorySafety()]

let package = Package(
  name: "reslock",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "ResticLocks", targets: ["ResticLocks"]),
    .executable(name: "reslock", targets: ["reslock"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CKernel"),
    .target(name: "CScrypt"),
    .target(name: "CSupervision"),

    .target(name: "WallTime", swiftSettings: strict),
    .target(
      name: "ProcessSupervision", dependencies: ["CSupervision", "ChildPrograms"], swiftSettings: strict),
    .target(name: "HostFacts", dependencies: ["CKernel", "WallTime"], swiftSettings: strict),
    .target(name: "ResticCrypto", dependencies: ["COpenSSL", "CScrypt"], swiftSettings: memorySafe),
    .target(
      name: "ResticFormat", dependencies: ["ResticCrypto", "CZstd", "WallTime"],
      swiftSettings: memorySafe),
    .target(
      name: "LockFailureLogs", dependencies: ["CZlib", "WallTime"], swiftSettings: memorySafe),
    .target(name: "ResticStorage", dependencies: ["WallTime"], swiftSettings: strict),
    .target(
      name: "StorageHTTP",
      dependencies: [
        "ResticCrypto", "ResticStorage", "WallTime",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(name: "ChildPrograms", dependencies: ["ResticStorage"], swiftSettings: strict),
    .target(
      name: "StorageProcess",
      dependencies: [
        "ChildPrograms", "ResticStorage", "StorageHTTP", "WallTime",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "StorageBackends", dependencies: ["ResticStorage", "StorageHTTP", "StorageProcess"],
      swiftSettings: strict),
    .target(
      name: "ResticInputs", dependencies: ["ChildPrograms", "ResticCrypto", "ResticStorage"],
      swiftSettings: strict),
    .target(
      name: "RepositoryCatalog",
      dependencies: ["CYAML", "ResticCrypto", "ResticInputs", "ResticStorage"], swiftSettings: strict),
    .target(
      name: "ResticLocks",
      dependencies: ["HostFacts", "ResticCrypto", "ResticFormat", "ResticStorage", "WallTime"],
      swiftSettings: strict),
    .target(
      name: "ResticAudit",
      dependencies: [
        "HostFacts", "LockFailureLogs", "ResticCrypto", "ResticFormat", "ResticLocks", "ResticStorage",
        "WallTime",
      ],
      swiftSettings: strict),
    .target(
      name: "ReslockCommands",
      dependencies: [
        "ChildPrograms", "HostFacts", "LockFailureLogs", "ProcessSupervision", "RepositoryCatalog",
        "ResticAudit",
        "ResticCrypto", "ResticFormat", "ResticInputs", "ResticLocks", "ResticStorage", "StorageBackends",
        "WallTime",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "reslock", dependencies: ["ProcessSupervision", "ReslockCommands"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: ["CZstd", "ResticCrypto", "ResticFormat", "ResticStorage", "WallTime"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "ChildPrograms", "HostFacts", "LockFailureLogs", "RepositoryCatalog", "ResticAudit", "ResticCrypto",
        "ResticFormat",
        "ResticInputs", "ResticLocks", "ResticStorage", "StorageHTTP", "StorageProcess", "WallTime",
      ],
      path: "Tests/FuzzTargets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "TestSupportTests", dependencies: ["TestSupport", "reslock"], swiftSettings: strict),
    .testTarget(
      name: "WallTimeTests", dependencies: ["WallTime"], swiftSettings: strict),
    .testTarget(
      name: "ResticCryptoTests", dependencies: ["ResticCrypto", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ResticFormatTests",
      dependencies: ["ResticFormat", "ResticCrypto", "WallTime", "TestSupport"],
      swiftSettings: strict),
    .target(
      name: "StorageContract", dependencies: ["ResticStorage", "WallTime"],
      path: "Tests/StorageContract", swiftSettings: strict),
    .target(
      name: "BackendServers", dependencies: ["TestSupport"],
      path: "Tests/BackendServers", swiftSettings: strict),
    .testTarget(
      name: "ResticStorageTests",
      dependencies: ["ResticStorage", "WallTime", "TestSupport", "StorageContract"],
      swiftSettings: strict),
    .testTarget(
      name: "StorageHTTPTests",
      dependencies: [
        "StorageHTTP", "StorageBackends", "ResticCrypto", "ResticInputs", "ResticStorage", "WallTime",
        "TestSupport",
        "StorageContract", "BackendServers", "reslock",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "StorageBackendsTests", dependencies: ["StorageBackends", "ResticStorage", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ResticInputsTests",
      dependencies: ["ChildPrograms", "ResticInputs", "ResticCrypto", "ResticStorage", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "RepositoryCatalogTests",
      dependencies: ["RepositoryCatalog", "ResticInputs", "ResticCrypto", "ResticStorage", "TestSupport"],
      swiftSettings: strict),
    .executableTarget(name: "ProcessFixtures", path: "Tests/ProcessFixtures"),
    .executableTarget(name: "FakeSFTPServer", path: "Tests/FakeSFTPServer", swiftSettings: strict),
    .testTarget(
      name: "StorageProcessTests",
      dependencies: [
        "StorageProcess", "StorageBackends", "ResticInputs", "ResticStorage", "WallTime", "TestSupport",
        "StorageContract", "BackendServers", "FakeSFTPServer", "reslock",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "HostFactsProbe", dependencies: ["HostFacts"], path: "Tests/HostFactsProbe",
      swiftSettings: strict),
    .testTarget(
      name: "HostFactsTests",
      dependencies: ["HostFacts", "WallTime", "TestSupport", "ProcessFixtures", "HostFactsProbe"],
      swiftSettings: strict),
    .testTarget(
      name: "ResticLocksTests",
      dependencies: [
        "ResticLocks", "HostFacts", "ResticCrypto", "ResticFormat", "ResticStorage", "WallTime",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ProcessSupervisionTests", dependencies: ["ProcessSupervision", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LockFailureLogsTests", dependencies: ["LockFailureLogs", "TestSupport", "WallTime"],
      swiftSettings: strict),
    .testTarget(
      name: "ResticAuditTests",
      dependencies: [
        "ResticAudit", "HostFacts", "LockFailureLogs", "ResticCrypto", "ResticFormat", "ResticLocks",
        "ResticStorage", "TestSupport", "WallTime",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ReslockCommandsTests",
      dependencies: [
        "ReslockCommands", "HostFacts", "ResticLocks", "ResticFormat", "ResticStorage", "WallTime",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "BackendServers", "TestSupport", "HostFacts", "ResticCrypto", "ResticFormat", "ResticLocks",
        "ResticStorage", "WallTime",
        "ProcessFixtures", "reslock",
      ],
      swiftSettings: strict),
  ]
)

// Listed on demand only: libFuzzer brings its own main, so an ordinary build could not link it.
if Context.environment["FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "reslock-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz", swiftSettings: strict))
}

if Context.environment["DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

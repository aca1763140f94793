// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// A package of its own, so that the product does not depend on its measurements. The sources of ResticCrypto are
// links to the product's: what is measured is what ships, without making them public.
let package = Package(
  name: "reslock-benchmarks",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .target(name: "CScrypt"),
    .target(
      name: "ResticCrypto", dependencies: ["COpenSSL", "CScrypt"],
      swiftSettings: settings + [.strictMemorySafety()]),
    .executableTarget(name: "reslock-bench", dependencies: ["ResticCrypto"], swiftSettings: settings),
    .executableTarget(name: "scrypt-bench", dependencies: ["ResticCrypto"], swiftSettings: settings),
  ]
)

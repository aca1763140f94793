import Foundation
import ResticCrypto
import ResticFormat
import ResticLocks
import TestSupport
import Testing

/// What counts as a lock that restic can't load, and what as no lock at all.
@Suite("A file in locks/ against real restic") struct ForecastUnusableLockTests {
  enum Kind: String, CaseIterable, Sendable {
    case nameIsNotTheHash, cutShort, noJSON, timeIsNoTime, dangling, upperCaseName
    case linkToALock, shortName, temporaryName
  }

  @Test("is to a forecast what it is to restic", arguments: ResticBinary.all, Kind.allCases)
  func kinds(binary: ResticBinary, kind: Kind) async throws {
    let version = ResticVersion(binary.version.major, binary.version.minor, binary.version.patch)
    let repository = try await ForecastRepositories.shared.repository(of: binary)
    try await Slots.shared.use {
      let (locked, obstacle) = try repository.copy { try Self.write(kind, of: repository, in: $0) }
      defer { try? FileManager.default.removeItem(at: locked) }
      let operation = try ResticOperation.named("migrate")
      let forecast = try Forecast.of(operation, obstacles: [obstacle], version: version)
      let run = try await repository.run(operation, on: locked)
      #expect(forecast.exitCodes.contains(run.exitCode), "\(run.output)")
      #expect(forecast.isBlocked == run.sawLock, "\(run.output)")
      #expect(!forecast.isBlocked || run.seconds >= Double(forecast.delaySeconds))
    }
  }

  private static func write(
    _ kind: Kind, of repository: ForecastRepository, in locks: URL
  ) throws -> LockObstacle {
    let sound = try repository.sealedLock()
    let name = SHA256.hex(sound)
    func put(_ bytes: [UInt8], _ name: String) throws {
      try Data(bytes).write(to: locks.appendingPathComponent(name))
    }
    func link(to target: URL, _ name: String) throws {
      try FileManager.default.createSymbolicLink(
        at: locks.appendingPathComponent(name), withDestinationURL: target)
    }
    switch kind {
    case .nameIsNotTheHash:
      let other = SHA256.hex(Array(name.utf8))
      try put(sound, other)
      return .unusable(try id(other))
    case .cutShort: return .unusable(try repository.write(Array(sound.prefix(25)), in: locks))
    case .noJSON: return .unusable(try repository.write(try repository.seal("[]"), in: locks))
    case .timeIsNoTime:
      return .unusable(try repository.write(try repository.seal(#"{"time":"yesterday"}"#), in: locks))
    case .dangling:
      try link(to: URL(fileURLWithPath: "/nonexistent/lock"), name)
      return .unusable(try id(name))
    case .upperCaseName:
      // restic reads the digits in either case and then opens the lower-case name, which a file system that tells
      // them apart hasn't got.
      try put(sound, name.uppercased())
      let isThere = FileManager.default.fileExists(atPath: locks.appendingPathComponent(name).path)
      return isThere ? .readable(try id(name), exclusive: false) : .unusable(try id(name))
    case .linkToALock:
      let target = locks.deletingLastPathComponent().appendingPathComponent("target")
      try Data(sound).write(to: target)
      try link(to: target, name)
      return .readable(try id(name), exclusive: false)
    case .shortName:
      try put(sound, String(name.dropLast()))
      return .notALock
    case .temporaryName:
      try put(sound, name + "-tmp-4711")
      return .notALock
    }
  }

  private static func id(_ name: String) throws -> ObjectID {
    guard let id = ObjectID(hex: name) else { throw SetupFailure(description: "no ID: \(name)") }
    return id
  }
}

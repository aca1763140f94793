import Foundation
import ResticCrypto
import ResticFormat
import ResticLocks
import TestSupport

/// What lies in `locks/`: each a case of restic's check for other locks.
enum LockState: String, CaseIterable, Sendable {
  // The slow ones first, so that the others run while restic waits on these.
  case damaged, exclusiveAndDamaged, none, shared, exclusive, empty, sharedAndExclusive
}

/// A repository with snapshots of a real restic, its keys cheap, from which every run gets a copy of its own.
final class ForecastRepository: Sendable {
  let binary: ResticBinary
  /// Inside the home folder of the test run, which goes at its end: nobody releases a shared repository.
  let folder: URL
  let keyID: String
  let secondKeyID: String
  /// The oldest and the newest snapshot.
  let snapshotIDs: [String]
  let packID: String
  private let sealingKey: SealingKey

  var template: URL { folder.appendingPathComponent("repository") }
  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  init(_ binary: ResticBinary) async throws {
    self.binary = binary
    guard let home = TestEnvironment.clean["HOME"] else { throw SetupFailure(description: "no HOME") }
    folder = URL(fileURLWithPath: home).appendingPathComponent("forecast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let template = folder.appendingPathComponent("repository")
    try await Self.succeed(binary, ["init"], template)
    let masterKey = try await Self.succeed(binary, ["cat", "masterkey"], template)
    for name in try FileManager.default.contentsOfDirectory(atPath: template.path + "/keys") {
      try FileManager.default.removeItem(atPath: "\(template.path)/keys/\(name)")
    }
    let masterKeyJSON = Data(masterKey.stdoutBytes)
    keyID = try await CheapKey.add(to: template, masterKey: masterKeyJSON)
    secondKeyID = try await CheapKey.add(to: template, masterKey: masterKeyJSON, password: "second-password")
    sealingKey = try CheapKey.sealingKey(masterKey: masterKeyJSON)

    let data = folder.appendingPathComponent("data").path
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    for text in ["one", "two", "three"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(data)/\(text).txt"))
      try await Self.succeed(binary, ["backup", data, "--host", "test.example.org"], template)
    }
    try Data("second-password".utf8).write(to: folder.appendingPathComponent("second-password"))
    let snapshots = try await Self.succeed(binary, ["snapshots", "--json"], template)
    struct Snapshot: Decodable { var id: String }
    let listed = try JSONDecoder().decode([Snapshot].self, from: Data(snapshots.stdoutBytes)).map(\.id)
    // Trees that no snapshot needs any more are what `recover` and `prune` work on.
    try await Self.succeed(binary, ["forget", listed[1]], template)
    snapshotIDs = [listed[0], listed[2]]
    let packs = try await Self.succeed(binary, ["list", "packs"], template)
    packID = String(packs.stdout.prefix(64))
    // Most of the 256 folders are empty, and a copy without them is quicker made.
    for name in try FileManager.default.contentsOfDirectory(atPath: template.path + "/data") {
      rmdir("\(template.path)/data/\(name)")
    }
  }

  /// A copy with the locks of `state`, and what they are to a forecast.
  func copy(with state: LockState) throws -> (repository: URL, obstacles: [LockObstacle]) {
    let repository = folder.appendingPathComponent(UUID().uuidString)
    // Hard links are enough: restic writes no file of a repository twice.
    try FileManager.default.linkItem(at: template, to: repository)
    let locks = repository.appendingPathComponent("locks")
    var obstacles: [LockObstacle] = []
    switch state {
    case .none: break
    case .shared: obstacles = [try addLock(isExclusive: false, in: locks)]
    case .exclusive: obstacles = [try addLock(isExclusive: true, in: locks)]
    case .damaged: obstacles = [try addDamagedLock(in: locks)]
    case .empty: obstacles = [try addEmptyLock(in: locks)]
    case .sharedAndExclusive:
      obstacles = [try addLock(isExclusive: false, in: locks), try addLock(isExclusive: true, in: locks)]
    case .exclusiveAndDamaged:
      obstacles = [try addLock(isExclusive: true, in: locks), try addDamagedLock(in: locks)]
    }
    return (repository, obstacles)
  }

  /// A copy without locks, and `write`'s result for its folder `locks`.
  func copy<Result>(_ write: (URL) throws -> Result) throws -> (repository: URL, result: Result) {
    let repository = try copy(with: .none).repository
    return (repository, try write(repository.appendingPathComponent("locks")))
  }

  private func addLock(isExclusive: Bool, in locks: URL) throws -> LockObstacle {
    .readable(try write(try sealedLock(isExclusive: isExclusive), in: locks), exclusive: isExclusive)
  }

  /// A bit of the ciphertext flipped, under the name that fits: the MAC fails, and nothing before it.
  private func addDamagedLock(in locks: URL) throws -> LockObstacle {
    var bytes = try sealedLock(isExclusive: false)
    bytes[20] ^= 1
    return .unusable(try write(bytes, in: locks))
  }

  private func addEmptyLock(in locks: URL) throws -> LockObstacle {
    let name = SHA256.hex(CheapKey.randomBytes(count: 8))
    try Data().write(to: locks.appendingPathComponent(name))
    return .empty(try objectID(name))
  }

  func sealedLock(
    isExclusive: Bool = false, ageSeconds: Double = 0, hostname: String = "other.example.org",
    pid: Int64 = 4711
  ) throws -> [UInt8] {
    let time = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: -ageSeconds))
    return try seal(
      """
      {"time":"\(time)","exclusive":\(isExclusive),"hostname":"\(hostname)","username":"root","pid":\(pid)}
      """)
  }

  func seal(_ text: String) throws -> [UInt8] {
    let sealed = sealingKey.seal(Array(text.utf8), nonce: CheapKey.randomBytes(count: 16))
    guard let sealed else { throw SetupFailure(description: "cannot seal a lock") }
    return sealed
  }

  @discardableResult
  func write(_ bytes: [UInt8], in locks: URL) throws -> ObjectID {
    let name = SHA256.hex(bytes)
    try Data(bytes).write(to: locks.appendingPathComponent(name))
    return try objectID(name)
  }

  private func objectID(_ name: String) throws -> ObjectID {
    guard let id = ObjectID(hex: name) else { throw SetupFailure(description: "no ID: \(name)") }
    return id
  }

  @discardableResult
  private static func succeed(
    _ binary: ResticBinary, _ arguments: [String], _ repository: URL
  ) async throws -> ProcessResult {
    let result = try await binary.run(arguments, repository: repository)
    guard result.exitCode == 0 else {
      throw SetupFailure(description: "restic \(arguments.joined(separator: " ")): \(result.stderr)")
    }
    return result
  }
}

/// One repository per restic, made when the first test asks.
actor ForecastRepositories {
  static let shared = ForecastRepositories()
  private var made: [ResticBinary: Task<ForecastRepository, any Error>] = [:]

  func repository(of binary: ResticBinary) async throws -> ForecastRepository {
    let task = made[binary] ?? Task { try await ForecastRepository(binary) }
    made[binary] = task
    return try await task.value
  }
}

/// Why a repository could not be made.
struct SetupFailure: Error, CustomStringConvertible {
  let description: String
}

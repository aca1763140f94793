import Foundation
import HostFacts
import ResticCrypto
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import WallTime

/// A sealed repository in memory, a host whose clock stands still, and an inspector over both.
final class MemoryRepository: Sendable {
  let storage = InMemoryStorage()
  let forge: RepositoryForge
  private let folder: TemporaryFolder
  /// What was slept, and what was kept of sightings.
  let slept = Mutex<[Duration]>([])
  let kept = Mutex<[String: Sightings]>([:])
  let boot = Mutex<Double>(Made.nowSinceBoot)

  init(password: String? = TestEnvironment.fixturePassword) throws {
    folder = try TemporaryFolder("memory-repository")
    forge = try RepositoryForge(at: folder.url, password: password, seed: 7)
    try load()
  }

  /// Takes over what the forge has on disk.
  func load() throws {
    storage.put(try bytes("config"), at: .config)
    for folder in [RepositoryFolder.keys, .locks] {
      for name in try FileManager.default.contentsOfDirectory(atPath: self.folder.path(folder.rawValue)) {
        let modified =
          try FileManager.default.attributesOfItem(atPath: self.folder.path("\(folder.rawValue)/\(name)"))[
            .modificationDate] as? Date
        storage.put(
          try bytes("\(folder.rawValue)/\(name)"), at: .entry(folder: folder, name: name),
          modified: modified.map { UnixTime(secondsSinceEpoch: $0.timeIntervalSince1970) })
      }
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.url.appendingPathComponent(path)))
  }

  /// A sealed lock refreshed `secondsAgo`, as bytes under the name that is their hash.
  func lock(
    secondsAgo: Double = 60, pid: Int64 = 4711, hostname: String = "db7", isExclusive: Bool = false
  ) throws -> [UInt8] {
    let record = Made.record(secondsAgo: secondsAgo, hostname: hostname, pid: pid, isExclusive: isExclusive)
    return try forge.seal([2] + ZstdCompressor.compress(ForgedLock(record).json))
  }

  @discardableResult
  func put(_ bytes: [UInt8], name: String? = nil, secondsAgo: Double? = 60) -> RepositoryFile {
    let file = Self.lockFile(name ?? ObjectID(hashOf: bytes).hex)
    storage.put(bytes, at: file, modified: secondsAgo.map { Made.now.adding(seconds: -$0) })
    return file
  }

  @discardableResult
  func putLock(secondsAgo: Double = 60, pid: Int64 = 4711, hostname: String = "db7") throws -> RepositoryFile
  {
    put(try lock(secondsAgo: secondsAgo, pid: pid, hostname: hostname), secondsAgo: secondsAgo)
  }

  static func lockFile(_ name: String) -> RepositoryFile { .entry(folder: .locks, name: name) }

  func surroundings(_ processes: ProcessTable? = nil) -> Surroundings {
    Surroundings(
      clock: HostClock { [self] in
        let sinceBoot = boot.withLock { $0 }
        return Made.clock(now: Made.now.adding(seconds: sinceBoot - Made.nowSinceBoot), sinceBoot: sinceBoot)
      },
      host: HostIdentity(hostName: "web1", userID: 0), processes: processes ?? Self.nobody, ownPID: 99,
      sightings: SightingsStore(
        load: { [self] name in kept.withLock { $0[name] } },
        save: { [self] name, sightings in kept.withLock { $0[name] = sightings } }),
      sleep: { [self] duration in
        try Task.checkCancellation()
        slept.withLock { $0.append(duration) }
      })
  }

  /// No process runs here, and none could hide.
  static let nobody = ProcessTable { wanted in
    ProcessSnapshot(
      clock: Made.clock(), facts: Dictionary(uniqueKeysWithValues: wanted.map { ($0, PIDFacts(pid: $0)) }))
  }

  func inspect(
    storage: (any Storage)? = nil, processes: ProcessTable? = nil,
    locality: FileSystemLocality? = Made.localDisk,
    identifies: Bool = false, hasPassword: Bool = true
  ) async throws -> Inspection {
    let storage = storage ?? self.storage
    let inspector = Inspector(storage: storage, surroundings: surroundings(processes), locality: locality)
    return try await inspector.inspect(identifies: identifies) { config, _ in
      guard hasPassword else { return nil }
      return try await RepositoryOpener(storage: storage).open(
        .masterKey(self.forge.masterKey), config: config)
    }
  }
}

extension Inspection {
  /// The verdicts by the first eight digits of the names.
  var verdicts: [String: Verdict?] {
    Dictionary(assessments.map { (String($0.lock.name.prefix(8)), $0.verdict) }) { first, _ in first }
  }
}

extension RepositoryFile {
  /// The name in its folder.
  var name: String {
    if case .entry(_, let name) = self { return name }
    return "config"
  }

  var short: String { String(name.prefix(8)) }
}

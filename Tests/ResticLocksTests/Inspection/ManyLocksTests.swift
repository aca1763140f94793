import Foundation
import HostFacts
import ResticCrypto
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

/// Many locks, without the bookkeeping of `InMemoryStorage`.
private struct CrowdedStorage: Storage {
  let displayName = "crowded"
  let config: [UInt8]
  let entries: [FileEntry]
  let contents: [String: [UInt8]]

  init(config: [UInt8], files: [(name: String, bytes: [UInt8], modified: UnixTime)]) {
    self.config = config
    entries = files.map { FileEntry(name: $0.name, byteCount: Int64($0.bytes.count), modified: $0.modified) }
    contents = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
  }

  func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] { entries }

  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    FileEntry(name: "config", byteCount: Int64(config.count), modified: nil)
  }

  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    if file == .config { return config }
    guard let bytes = contents[file.name] else {
      throw StorageError(.notFound, action: "cannot read", reason: "gone")
    }
    return bytes
  }
}

/// How long it takes is measured by `make bench`; here it is the number of requests that must not grow.
@Suite("Ten thousand locks", .serialized) struct ManyLocksTests {
  private static let count = 10_000
  private let repository: MemoryRepository

  init() throws { repository = try MemoryRepository() }

  private func inspect(
    _ files: [(name: String, bytes: [UInt8], modified: UnixTime)]
  ) async throws -> (Inspection, RequestCountingStorage.Counts) {
    let config = try await repository.storage.read(.config, byteLimit: 1 << 20)
    let storage = RequestCountingStorage(counting: CrowdedStorage(config: config, files: files))
    let inspection = try await repository.inspect(storage: storage, locality: Made.network)
    return (inspection, storage.counts)
  }

  private func sealed(secondsAgo: (Int) -> Double, pid: (Int) -> Int64) throws -> [(
    name: String, bytes: [UInt8], modified: UnixTime
  )] {
    try (0..<Self.count).map { index in
      let bytes = try repository.lock(secondsAgo: secondsAgo(index), pid: pid(index), hostname: "web1")
      return (ObjectID(hashOf: bytes).hex, bytes, Made.now.adding(seconds: -secondsAgo(index)))
    }
  }

  @Test("of as many holders are each read once")
  func manyHolders() async throws {
    let files = try sealed(secondsAgo: { Double($0) }, pid: { Int64($0 + 1) })
    let (inspection, counts) = try await inspect(files)
    #expect(inspection.assessments.count == Self.count)
    #expect(counts.reads == Self.count + 1 && counts.lists <= 2)
  }

  @Test("of one lineage are judged by the newest beside the others")
  func oneLineage() async throws {
    let files = try sealed(secondsAgo: { Double($0 * 300 + 150) }, pid: { _ in 4711 })
    let (inspection, _) = try await inspect(files)
    #expect(inspection.assessments.last?.evidence?.lineage.siblingCount == Self.count - 1)
    #expect(inspection.assessments.first?.evidence?.lineage.siblings.count ?? .max < 10)
  }

  @Test("that are damaged wait one second together, not each for itself")
  func manyDamaged() async throws {
    let files = (0..<Self.count).map { index -> (name: String, bytes: [UInt8], modified: UnixTime) in
      let bytes = withUnsafeBytes(of: index) { Array($0) } + [UInt8](repeating: 7, count: 100)
      return (ObjectID(hashOf: bytes).hex, bytes, Made.now)
    }
    let (inspection, counts) = try await inspect(files)
    #expect(inspection.assessments.allSatisfy { $0.verdict == .damaged })
    #expect(counts.reads == 2 * Self.count + 1)
    #expect(repository.slept.withLock { $0 } == [.seconds(1)])
  }

  @Test("that are listed and can't be read take few listings")
  func manyPhantoms() async throws {
    let files = (0..<Self.count).map { index -> (name: String, bytes: [UInt8], modified: UnixTime) in
      (ObjectID(hashOf: withUnsafeBytes(of: index) { Array($0) }).hex, [1], Made.now)
    }
    let config = try await repository.storage.read(.config, byteLimit: 1 << 20)
    let phantoms = CrowdedStorage(config: config, files: files)
    let storage = RequestCountingStorage(counting: Unreadable(base: phantoms))
    let inspection = try await repository.inspect(storage: storage)
    #expect(inspection.assessments.allSatisfy { $0.verdict == .unreadable })
    #expect(inspection.assessments.count == Self.count)
    #expect(storage.counts.lists < 10, "\(storage.counts)")
    #expect(repository.slept.withLock { $0.count } == 1)
  }
}

/// Lists everything and finds nothing, as folders of dangling links do.
private struct Unreadable: Storage {
  let base: CrowdedStorage
  var displayName: String { base.displayName }

  func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    try await base.list(folder, limit: limit)
  }

  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry { try await base.stat(file) }

  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    guard file == .config else {
      throw StorageError(.notFound, action: "cannot read", reason: "no such file")
    }
    return try await base.read(file, byteLimit: byteLimit)
  }
}

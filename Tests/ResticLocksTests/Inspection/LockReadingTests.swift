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

@Suite("A lock file is read") struct LockReadingTests {
  private let repository: MemoryRepository

  init() throws { repository = try MemoryRepository() }

  private func sleeps() -> [Duration] { repository.slept.withLock { $0 } }

  @Test("once where it is sound, without sleeping")
  func sound() async throws {
    let lock = try repository.putLock()
    #expect(try await repository.inspect().verdicts == [lock.short: .fresh])
    #expect(repository.storage.requests.count { $0 == .read(lock) } == 1)
    #expect(sleeps().isEmpty)
  }

  @Test(
    "twice, a second apart, before it is called damaged",
    arguments: [
      [UInt8](repeating: 7, count: 147), [1], Array("{}".utf8),
    ])
  func damaged(bytes: [UInt8]) async throws {
    let file = repository.put(bytes)
    #expect(try await repository.inspect().verdicts == [file.short: .damaged])
    #expect(repository.storage.requests.count { $0 == .read(file) } == 2)
    #expect(sleeps() == [.seconds(1)])
  }

  @Test("and found damaged by its kind")
  func defectKinds() async throws {
    let sound = try repository.lock()
    var flipped = sound
    flipped[40] ^= 1
    let files: [(RepositoryFile, LockDefect.Kind)] = [
      (repository.put(flipped), .mac), (repository.put(Array(sound.prefix(20))), .tooShort),
      (repository.put(flipped, name: Made.id("a").hex), .hash),
      (repository.put(try repository.forge.seal([3, 1, 2])), .encoding),
      (repository.put(try repository.forge.seal(Array("[1]".utf8))), .json),
    ]
    let inspection = try await repository.inspect()
    for (file, kind) in files {
      let assessment = inspection.assessments.first { $0.lock.name == file.name }
      #expect(assessment?.verdict == .damaged && assessment?.lock.defect?.kind == kind)
    }
  }

  @Test(
    "once where only its name is wrong, and judged by its content",
    arguments: [(60.0, Verdict.fresh), (9000, .expired)])
  func misnamed(secondsAgo: Double, verdict: Verdict) async throws {
    let file = repository.put(
      try repository.lock(secondsAgo: secondsAgo), name: Made.id("a").hex, secondsAgo: secondsAgo)
    let inspection = try await repository.inspect()
    #expect(inspection.verdicts == [file.short: verdict])
    #expect(inspection.assessments.first?.lock.defect?.kind == .name)
    #expect(inspection.obstacles == [.unusable(Made.id("a"))])
  }

  @Test("again until it is whole, where it is still being written", arguments: 1...2)
  func halfWritten(partialReadings: Int) async throws {
    let bytes = try repository.lock()
    let file = repository.put(Array(bytes.prefix(50)), name: ObjectID(hashOf: bytes).hex)
    repository.storage.beforeEach { [repository] request, earlierCount, _ throws(StorageError) in
      guard request == .read(file) else { return }
      let length = earlierCount < partialReadings ? 50 + earlierCount : bytes.count
      repository.put(Array(bytes.prefix(length)), name: file.name)
    }
    #expect(try await repository.inspect().verdicts == [file.short: .fresh])
  }

  @Test("and never called damaged while its content changes", arguments: [false, true])
  func alwaysChanging(alternates: Bool) async throws {
    let file = repository.put([0], name: Made.id("a").hex)
    repository.storage.beforeEach { [repository] request, earlierCount, _ throws(StorageError) in
      guard request == .read(file) else { return }
      repository.put(
        [UInt8](repeating: 7, count: 100 + (alternates ? earlierCount % 2 : earlierCount)), name: file.name)
    }
    #expect(try await repository.inspect().verdicts == [file.short: .unreadable])
    #expect(sleeps().count == 3)
  }

  @Test(
    "and called unreadable when it is listed and can't be had",
    arguments: [
      StorageError.Class.notFound, .notAllowed, .permanent, .transient,
    ])
  func unreadable(kind: StorageError.Class) async throws {
    let file = try repository.putLock()
    repository.storage.beforeEach { request, _, _ throws(StorageError) in
      if request == .read(file) { throw StorageError(kind, action: "cannot read", reason: "\(kind)") }
    }
    let inspection = try await repository.inspect()
    #expect(inspection.verdicts == [file.short: .unreadable])
    #expect(inspection.hasUnreadable && !inspection.isFree)
    #expect(sleeps() == [.seconds(1)])
  }

  @Test(
    "and found when the second try succeeds",
    arguments: [StorageError.Class.notFound, .notAllowed, .transient])
  func passingFailure(kind: StorageError.Class) async throws {
    let file = try repository.putLock()
    repository.storage.beforeEach { request, earlierCount, _ throws(StorageError) in
      if request == .read(file), earlierCount == 0 {
        throw StorageError(kind, action: "cannot read", reason: "\(kind)")
      }
    }
    #expect(try await repository.inspect().verdicts == [file.short: .fresh])
  }

  @Test("and not where it is larger than any lock")
  func tooLarge() async throws {
    let file = repository.put([UInt8](repeating: 7, count: ReadingLimits.lockByteCount + 1))
    #expect(try await repository.inspect().verdicts == [file.short: .unreadable])
    #expect(sleeps().isEmpty)
  }

  @Test("and empty where it turns out to have no bytes")
  func emptiedMeanwhile() async throws {
    let file = try repository.putLock()
    repository.storage.beforeEach { [repository] request, _, _ throws(StorageError) in
      if request == .read(file) { repository.put([], name: file.name) }
    }
    #expect(try await repository.inspect().verdicts == [file.short: .empty])
  }

  @Test("under the lower-case name, as restic does, whatever case it is listed in")
  func upperCaseName() async throws {
    let bytes = try repository.lock()
    let name = ObjectID(hashOf: bytes).hex
    let upper = repository.put(bytes, name: name.uppercased())
    #expect(try await repository.inspect().verdicts == [upper.short: .unreadable])
    let lower = repository.put(bytes)
    let inspection = try await repository.inspect()
    #expect(inspection.verdicts == [lower.short: .fresh, upper.short: .debris])
  }

  static let strays = [
    "x", "a b", "\n", "%", String(repeating: "a", count: 63), "\(Made.id("a").hex)-tmp-1", "é",
    "g\(Made.id("a").hex.dropFirst())",
  ]

  @Test("not where its name is no lock's", arguments: strays)
  func stray(name: String) async throws {
    let file = repository.put(try repository.lock(), name: name)
    let inspection = try await repository.inspect()
    #expect(inspection.assessments.map(\.verdict) == [.debris] && inspection.isFree)
    #expect(!repository.storage.requests.contains(.read(file)))
  }

  @Test(
    "without a folder or a link in its place being taken for a lock",
    arguments: [FileEntry.Kind.directory, .symbolicLink, .other])
  func oddKinds(kind: FileEntry.Kind) async throws {
    repository.storage.put([], at: MemoryRepository.lockFile(Made.id("a").hex), kind: kind)
    let inspection = try await repository.inspect()
    #expect(inspection.verdicts == ["aaaaaaaa": .unreadable] && !inspection.isFree)
  }

  @Test("and cancelled with the task, never called damaged")
  func cancelled() async throws {
    repository.put([UInt8](repeating: 7, count: 147))
    let task = Task { [repository] in
      withUnsafeCurrentTask { $0?.cancel() }
      return try await repository.inspect()
    }
    if let inspection = try? await task.value {
      #expect(!inspection.assessments.contains { $0.verdict == .damaged })
    }
  }
}

import Foundation
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

/// What happens between decision and deletion, each gap opened on purpose.
@Suite struct UnlockerTests: UnlockerSuite {
  let repository: MemoryRepository
  let folder: TemporaryFolder

  init() throws {
    repository = try MemoryRepository()
    folder = try TemporaryFolder("unlocker")
  }

  @Test("an expired lock goes, a fresh one stays, and the journal holds the bytes of the first")
  func removes() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let bytes = try await repository.storage.read(expired, byteLimit: 4096)
    let fresh = try repository.putLock(secondsAgo: 60, pid: 5000)
    let report = try await run()
    #expect(outcome(report, expired)?.kind == .removed && outcome(report, fresh)?.kind == .kept)
    #expect(await !isThere(expired))
    #expect(await isThere(fresh))
    let history = try JournalHistory(journal)
    #expect(history.removals.map(\.name) == [expired.name] && history.breaks.isEmpty)
    #expect(history.removals.first?.bytes == bytes)
    #expect(history.removals.first?.outcome == .removed && history.head == report.head)
  }

  @Test("the record is there before the deletion, and nothing is deleted that could not be recorded")
  func recordsFirst() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let journal = journal
    repository.storage.beforeEach { request, _, _ in
      guard case .removeLock(let name) = request else { return }
      let history = try? JournalHistory(journal)
      #expect(history?.removals.map(\.name) == [name.text])
    }
    try Data("no journal\n".utf8).write(to: URL(fileURLWithPath: journal.path))
    await #expect(throws: JournalError.self) { try await run() }
    #expect(await isThere(expired))
    try FileManager.default.removeItem(atPath: journal.path)
    #expect(try await run().count(.removed) == 1)
  }

  @Test("the second look comes after the record, whose writing a slow disk may draw out")
  func looksAfterRecording() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let journal = journal
    let lookCount = Mutex(0)
    repository.storage.beforeEach { request, earlierCount, _ in
      // The first look takes two, as it calls a lock stale.
      guard case .list(.locks) = request, earlierCount >= 2 else { return }
      lookCount.withLock { $0 += 1 }
      #expect((try? JournalHistory(journal))?.removals.map(\.name) == [expired.name])
    }
    #expect(try await run().count(.removed) == 1)
    #expect(lookCount.withLock { $0 } >= 2)
  }

  @Test("a holder that writes a new lock between the looks keeps its old one")
  func newLock() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let newBytes = try repository.lock(secondsAgo: 1)
    let repository = repository
    repository.storage.beforeEach { request, earlierCount, _ in
      // The first look takes two, as it calls a lock stale.
      if case .list(.locks) = request, earlierCount == 2 { repository.put(newBytes, secondsAgo: 1) }
    }
    let report = try await run()
    #expect(
      outcome(report, expired)?.kind == .kept, "\(String(describing: outcome(report, expired)?.reason))")
    #expect(await isThere(expired))
    #expect(try JournalHistory(journal).removals.first?.outcome == .kept)
  }

  @Test("a second look that has grown old before the deletions is no use, and a new one is taken")
  func oldSecondLook() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let newBytes = try repository.lock(secondsAgo: 1)
    let repository = repository
    repository.storage.beforeEach { request, earlierCount, _ in
      guard case .list(.locks) = request else { return }
      if earlierCount == 2 { repository.boot.withLock { $0 += ReadingLimits.listingAgeSeconds + 1 } }
      // The second look has listed anew by then.
      if earlierCount == 4 { repository.put(newBytes, secondsAgo: 1) }
    }
    #expect(outcome(try await run(), expired)?.kind == .kept)
    #expect(await isThere(expired))
  }

  /// A host name that makes a lock too large for its bytes to be kept from the first look.
  private static let longHostname = (0..<60).map { ObjectID(hashOf: [$0]).hex }.joined()

  /// Before which reading of a file something happens to it: before its deletion, and where the first look did not
  /// keep the bytes, before the journal too.
  private static let laterReadings = [("db7", 1), (longHostname, 1), (longHostname, 2)]

  @Test("a lock whose bytes change between the looks stays", arguments: laterReadings)
  func changedContent(hostname: String, reading: Int) async throws {
    let expired = try repository.putLock(secondsAgo: 7200, hostname: hostname)
    let repository = repository
    repository.storage.beforeEach { request, earlierCount, _ in
      if case .read(expired) = request, earlierCount == reading {
        repository.put([1, 2, 3], name: expired.name, secondsAgo: 7200)
      }
    }
    let report = try await run()
    #expect(report.count(.removed) == 0)
    #expect(await isThere(expired))
  }

  @Test("a lock that somebody else removes is told as vanished", arguments: laterReadings)
  func vanishes(hostname: String, reading: Int) async throws {
    let expired = try repository.putLock(secondsAgo: 7200, hostname: hostname)
    repository.storage.beforeEach { request, earlierCount, storage in
      if case .read(expired) = request, earlierCount == reading { storage.remove(expired) }
    }
    let report = try await run()
    #expect(outcome(report, expired)?.kind == .vanished)
  }

  @Test("a deletion that fails for one lock in the middle of many hinders no other, and is told")
  func failsInTheMiddle() async throws {
    let files = try (0..<9).map {
      try repository.putLock(secondsAgo: 7200 + Double($0), pid: 6000 + Int64($0))
    }
    let stubborn = files[4]
    repository.storage.beforeEach { request, _, _ throws(StorageError) in
      if case .removeLock(let name) = request, name.text == stubborn.name {
        throw StorageError(.notAllowed, action: "cannot remove it", reason: "Permission denied")
      }
    }
    let report = try await run()
    #expect(report.count(.removed) == 8 && report.count(.failed) == 1)
    #expect(outcome(report, stubborn)?.reason.contains("Permission denied") == true)
    #expect(await isThere(stubborn))
  }

  @Test(
    "a deletion without an answer is told by what is there afterwards, and undo can bring the lock back",
    arguments: [StorageError.Class.cancelled, .transient], [true, false])
  func unanswered(_ kind: StorageError.Class, isGone: Bool) async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let bytes = try await repository.storage.read(expired, byteLimit: 4096)
    let report = try await run(
      removal: SilentRemoval(base: repository.storage, kind: kind, removesFirst: isGone))
    let found = try #require(outcome(report, expired))
    #expect(await isThere(expired) != isGone)
    #expect(found.kind == (isGone ? .removed : kind == .cancelled ? .kept : .failed), "\(found.reason)")
    // Where it is still listed, the storage may yet do what it was asked.
    let removal = try #require(try JournalHistory(journal).removals.first)
    #expect(removal.mayHaveRemoved && removal.bytes == bytes && (removal.outcome == .removed) == isGone)
  }

  @Test("a deletion that is refused leaves nothing to undo")
  func refused() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let report = try await run(
      removal: SilentRemoval(base: repository.storage, kind: .notAllowed, removesFirst: false))
    #expect(outcome(report, expired)?.kind == .failed)
    #expect(try JournalHistory(journal).removals.first?.mayHaveRemoved == false)
  }

  @Test("a repository that becomes unreachable before the second look loses nothing")
  func unreachable() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    repository.storage.beforeEach { request, earlierCount, _ throws(StorageError) in
      if case .list(.locks) = request, earlierCount >= 2 {
        throw StorageError(.transient, action: "cannot list locks", reason: "gone away")
      }
    }
    let report = try await run()
    #expect(report.count(.removed) == 0 && report.count(.failed) == 1)
    #expect(!report.troubles.isEmpty)
    #expect(await isThere(expired))
  }

  @Test("a storage that lists a removed lock all the same is not believed")
  func stillListed() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let bytes = try await repository.storage.read(expired, byteLimit: 4096)
    let repository = repository
    repository.storage.beforeEach { request, _, storage in
      let wasRemoved = storage.requests.contains { if case .removeLock = $0 { true } else { false } }
      if case .list(.locks) = request, wasRemoved { repository.put(bytes, secondsAgo: 7200) }
    }
    #expect(outcome(try await run(), expired)?.kind == .failed)
    // Its answer was that the lock is gone: undo and the alarm must go on looking for it.
    #expect(try JournalHistory(journal).removals.map(\.mayHaveRemoved) == [true])
  }

  @Test("a cancelled run stops between deletions, and what was done is recorded")
  func cancelled() async throws {
    for index in 0..<5 { try repository.putLock(secondsAgo: 7200, pid: 7000 + Int64(index)) }
    let task = Task { try await run() }
    repository.storage.beforeEach { request, _, _ in
      if case .removeLock = request { task.cancel() }
    }
    let report = try await task.value
    #expect(report.wasInterrupted && report.count(.failed) == 0)
    let history = try JournalHistory(journal)
    #expect(history.removals.count == 5 && history.removals.allSatisfy { $0.outcome != nil })
    #expect(history.removals.count { $0.outcome == .removed } == report.count(.removed))
  }

  @Test("a lock that is listed and never there is not told as vanished: it goes on blocking")
  func phantom() async throws {
    let phantom = try repository.putLock(secondsAgo: 7200)
    let base = repository.storage
    let removal = SilentRemoval(base: base, kind: .notFound, removesFirst: false)
    let report = try await run(removal: removal)
    let found = try #require(outcome(report, phantom))
    #expect(found.kind == .failed && found.reason.contains("lists it all the same"), "\(found.reason)")
    let recorded = try JournalHistory(journal).removals
    #expect(recorded.map(\.outcome) == [.failed])
  }
}

/// Removes a lock or not, and gives no answer either way.
private struct SilentRemoval: LockRemoval {
  let base: any LockRemoval
  let kind: StorageError.Class
  let removesFirst: Bool

  func removeLock(_ name: LockFileName) async throws(StorageError) {
    if removesFirst { try await base.removeLock(name) }
    throw StorageError(kind, action: "cannot remove it", reason: "no answer")
  }

  func restoreLock(_ name: LockFileName, content: [UInt8], modified: UnixTime?) async throws(StorageError) {
    try await base.restoreLock(name, content: content, modified: modified)
  }
}

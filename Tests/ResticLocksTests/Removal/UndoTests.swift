import ResticFormat
import ResticLocks
import ResticStorage
import TestSupport
import Testing
import WallTime

/// What may come back, and beside what.
@Suite struct UndoTests: UnlockerSuite {
  let repository: MemoryRepository
  let folder: TemporaryFolder

  init() throws {
    repository = try MemoryRepository()
    folder = try TemporaryFolder("undo")
  }

  private func restorer() -> LockRestorer {
    LockRestorer(
      removal: repository.storage, writer: JournalWriter(journal, requester: requester, runID: "2"),
      surroundings: repository.surroundings())
  }

  @Test("undo is not refused for a lock that was there before")
  func undoBesideOlder() async throws {
    let staying = repository.put(
      try repository.lock(secondsAgo: 7200, pid: 8000, isExclusive: true), secondsAgo: 7200)
    let expired = try repository.putLock(secondsAgo: 7200)
    _ = try await run { $0.selects = { $0.lock.name == expired.name } }
    #expect(await isThere(staying))
    let removals = try JournalHistory(journal).removals
    #expect(removals.map(\.name) == [expired.name] && removals.first?.besideNames == [staying.name])
    let restorer = restorer()
    let look = try await repository.inspect(identifies: true)
    #expect(
      try await restorer.restore(removals, into: look, isForced: false).map(\.kind) == [.restored])
  }

  @Test("undo is not refused for a lock that it has put back itself, as after its death between two files")
  func undoGoesOn() async throws {
    let exclusive = repository.put(
      try repository.lock(secondsAgo: 7200, pid: 8000, isExclusive: true), secondsAgo: 7200)
    let shared = try repository.putLock(secondsAgo: 7200)
    _ = try await run()
    let removals = try JournalHistory(journal).removals
    #expect(Set(removals.map(\.name)) == [exclusive.name, shared.name])
    let restorer = restorer()
    for removal in removals {
      let look = try await repository.inspect(identifies: true)
      let done = try await restorer.restore(
        [removal], into: look, earlier: removals, isForced: false)
      #expect(done.map(\.kind) == [.restored])
    }
    #expect(await isThere(exclusive))
    #expect(await isThere(shared))
  }

  /// It was refused beside any lock, as if what an interrupted upload left could block.
  @Test("undo puts the leftover of an upload back beside an exclusive lock")
  func undoOfDebris() async throws {
    let name = Made.id("d").hex + "-tmp-123"
    let leftover = repository.put([1, 2, 3], name: name, secondsAgo: 7200)
    _ = try await run { $0.takesDamaged = true }
    #expect(!(await isThere(leftover)))
    _ = repository.put(try repository.lock(secondsAgo: 5, pid: 8000, isExclusive: true), secondsAgo: 5)
    let restorer = restorer()
    let done = try await restorer.restore(
      try JournalHistory(journal).removals, into: try await repository.inspect(identifies: true),
      isForced: false)
    #expect(done.map(\.kind) == [.restored], "\(done.map(\.reason))")
    #expect(await isThere(leftover))
  }

  /// Any lock that the journal knew of was taken for one that had been there before.
  @Test("undo is refused beside a later lock, also where that one was removed and put back since")
  func undoBesideLaterLock() async throws {
    _ = repository.put(
      try repository.lock(secondsAgo: 7200, pid: 8000, isExclusive: true), secondsAgo: 7200)
    _ = try await run()
    let first = try #require(try JournalHistory(journal).removals.first)
    let later = try repository.putLock(secondsAgo: 5)
    _ = try await run(runID: "another run") { $0.forcedNames = [later.name] }
    let removals = try JournalHistory(journal).removals
    #expect(removals.map(\.name) == [first.name, later.name])
    let restorer = restorer()
    var kinds: [RestorationOutcome.Kind] = []
    for removal in removals.reversed() {
      let look = try await repository.inspect(identifies: true)
      kinds += try await restorer.restore([removal], into: look, earlier: removals, isForced: false)
        .map(\.kind)
    }
    #expect(kinds == [.restored, .refused])
  }

  @Test("undo puts the same bytes back, refuses another repository and conflicts, and is recorded")
  func undo() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let bytes = try await repository.storage.read(expired, byteLimit: 4096)
    _ = try await run()
    let removals = try JournalHistory(journal).removals
    let restorer = restorer()

    let other = try MemoryRepository()
    other.storage.put([9, 9, 9], at: .config)
    let elsewhere = Inspection(location: "other", configSHA256: String(repeating: "1", count: 64))
    #expect(
      try await restorer.restore(removals, into: elsewhere, isForced: true).map(\.kind) == [.refused])

    let exclusive = repository.put(
      try repository.lock(secondsAgo: 5, pid: 8000, isExclusive: true), secondsAgo: 5)
    let blocked = try await repository.inspect(identifies: true)
    #expect(
      try await restorer.restore(removals, into: blocked, isForced: false).map(\.kind) == [.refused])
    repository.storage.remove(exclusive)

    let free = try await repository.inspect(identifies: true)
    #expect(
      try await restorer.restore(removals, into: free, isForced: false).map(\.kind) == [.restored])
    #expect(try await repository.storage.read(expired, byteLimit: 4096) == bytes)
    #expect(try await repository.storage.stat(expired).modified == Made.now.adding(seconds: -7200))
    let again = try await repository.inspect(identifies: true)
    #expect(
      try await restorer.restore(removals, into: again, isForced: false).map(\.kind) == [.alreadyThere])
    #expect(try JournalHistory(journal).removals.allSatisfy(\.isRestored))
  }
}

import Foundation
import HostFacts
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

/// A wait in a world whose time passes only while it sleeps.
@Suite struct OperationWaiterTests {
  private let repository: MemoryRepository
  private let folder: TemporaryFolder

  /// What happens at the end of a sleep, by the number of sleeps so far.
  private final class Script: Sendable {
    let steps = Mutex<[Int: @Sendable () -> Void]>([:])
    let count = Mutex(0)
  }
  private let script = Script()

  init() throws {
    repository = try MemoryRepository()
    folder = try TemporaryFolder("waiter")
  }

  private var journal: Journal { Journal(path: folder.path("journal.jsonl")) }

  private func at(_ sleep: Int, _ step: @escaping @Sendable () -> Void) {
    script.steps.withLock { $0[sleep] = step }
  }

  private var surroundings: Surroundings {
    var surroundings = repository.surroundings()
    let (repository, script) = (repository, script)
    surroundings.sleep = { duration in
      try Task.checkCancellation()
      let number = script.count.withLock { count in
        count += 1
        return count
      }
      let parts = duration.components
      let slept = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
      repository.boot.withLock { $0 += slept }
      script.steps.withLock { $0[number] }?()
    }
    return surroundings
  }

  private func wait(
    _ operation: String = "forget", seconds: Double = 600, interval: Double = 10, unlocks: Bool = false,
    hasPassword: Bool = true
  ) async throws -> (OperationWaiter.Result, [OperationWaiter.Event]) {
    let storage = repository.storage
    let forge = repository.forge
    let surroundings = surroundings
    let session = RepositorySession(
      Inspector(storage: storage, surroundings: surroundings, locality: Made.network)
    ) { config, _ in
      guard hasPassword else { return nil }
      return try await RepositoryOpener(storage: storage).open(.masterKey(forge.masterKey), config: config)
    }
    let requester = Requester(user: "tester", userID: 1000, host: "web1", pid: 99, command: "reslock wait")
    let unlocker = Unlocker(
      session: session, storage: storage, removal: storage,
      writer: JournalWriter(
        journal, requester: requester, runID: String(format: "%016x", Int.random(in: 0..<Int.max))),
      surroundings: surroundings)
    var request = UnlockRequest()
    request.isAttended = true
    let waiter = OperationWaiter(
      session: session, surroundings: surroundings,
      unlocking: unlocks ? OperationWaiter.Unlocking(unlocker, request) : nil)
    var events: [OperationWaiter.Event] = []
    let result = try await waiter.wait(
      OperationWaiter.Settings(
        operation: try ResticOperation.named(operation), timeoutSeconds: seconds, intervalSeconds: interval)
    ) { events.append($0) }
    return (result, events)
  }

  @Test("a free repository is waited for no moment, and no key is derived")
  func free() async throws {
    let (result, events) = try await wait(hasPassword: false)
    #expect(result.ending == .canRun && events.count == 1)
    #expect(script.count.withLock { $0 } == 0)
    #expect(!repository.storage.requests.contains { if case .list(.keys) = $0 { true } else { false } })
  }

  @Test("an operation that the locks do not block runs beside them")
  func beside() async throws {
    try repository.putLock(secondsAgo: 60)
    #expect(try await wait("backup").0.ending == .canRun)
  }

  @Test("the wait ends with the look after the holder went, at one request a look")
  func holderGoes() async throws {
    let lock = try repository.putLock(secondsAgo: 60)
    let storage = repository.storage
    at(7) { storage.remove(lock) }
    let (result, _) = try await wait()
    #expect(result.ending == .canRun && result.look.waitedSeconds == 70)
    // Eight listings, what only the first look needs, and `config` once more before it is called free.
    #expect(storage.requests.count { $0 == .list(.locks) } == 8)
    #expect(storage.requests.count == 8 + 3 + 1, "\(storage.requests)")
  }

  @Test("at the end of its time the last look says who is in the way")
  func timesOut() async throws {
    let lock = try repository.putLock(secondsAgo: 60)
    let (result, events) = try await wait(seconds: 95)
    #expect(result.ending == .timedOut && result.look.secondsLeft == 0)
    #expect(result.look.check.blockers.map(\.lock.name) == [lock.name])
    #expect(events.count == 11)
  }

  @Test("without time there is one look")
  func oneLook() async throws {
    try repository.putLock(secondsAgo: 60)
    let (result, events) = try await wait(seconds: 0)
    #expect(result.ending == .timedOut && events.count == 1)
  }

  @Test("locks that can't be opened are no answer")
  func noPassword() async throws {
    try repository.putLock(secondsAgo: 60)
    await #expect(throws: RepositoryError.self) { try await wait(hasPassword: false) }
  }

  @Test("a lock whose holder is gone is removed where that is allowed, recorded, and not waited for")
  func unlocks() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let (kept, _) = try await wait(seconds: 20)
    #expect(kept.ending == .timedOut && kept.unlockReports.isEmpty)
    let (result, _) = try await wait(seconds: 20, unlocks: true)
    #expect(result.ending == .canRun && result.unlockReports.map { $0.count(.removed) } == [1])
    #expect(try JournalHistory(journal).removals.map(\.name) == [expired.name])
  }

  @Test("only what is in the way goes")
  func leavesOthers() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    let (result, _) = try await wait("backup", unlocks: true)
    #expect(result.ending == .canRun && result.unlockReports.isEmpty)
    #expect((try? await repository.storage.stat(expired)) != nil)
  }

  @Test("a lock that is seen unchanged for half an hour goes then")
  func settlesAndUnlocks() async throws {
    // By its own time it lies in the future, so that no clock says anything.
    repository.put(try repository.lock(secondsAgo: -86_400), secondsAgo: -86_400)
    let (result, _) = try await wait(seconds: 7200, interval: 50, unlocks: true)
    #expect(result.ending == .canRun)
    #expect((1800...1900).contains(result.look.waitedSeconds))
  }

  @Test("what can't be removed is tried again after five minutes, not at every look")
  func triesSeldom() async throws {
    try repository.putLock(secondsAgo: 7200)
    let storage = repository.storage
    storage.beforeEach { request, _, _ throws(StorageError) in
      guard case .removeLock = request else { return }
      throw StorageError(.notAllowed, action: "cannot remove the lock", reason: "read-only")
    }
    let (result, _) = try await wait(seconds: 620, unlocks: true)
    #expect(result.ending == .timedOut)
    #expect(result.unlockReports.map { $0.count(.failed) } == [1, 1, 1])
    #expect(storage.requests.count { if case .removeLock = $0 { true } else { false } } == 3)
  }

  @Test("nothing is removed that can't be recorded")
  func unrecorded() async throws {
    let expired = try repository.putLock(secondsAgo: 7200)
    try Data("no journal\n".utf8).write(to: URL(fileURLWithPath: journal.path))
    await #expect(throws: JournalError.self) { try await wait(unlocks: true) }
    #expect((try? await repository.storage.stat(expired)) != nil)
  }

  @Test("a removed lock's holder that writes again ends the wait as an alarm")
  func alarm() async throws {
    try repository.putLock(secondsAgo: 7200, pid: 40_000)
    // Somebody else is in the way, so that the wait goes on.
    try repository.putLock(secondsAgo: 60, pid: 5000)
    let repository = repository
    let again = try repository.lock(secondsAgo: -50, pid: 40_000)
    at(5) { repository.put(again, secondsAgo: -50) }
    let (result, events) = try await wait(unlocks: true)
    #expect(result.ending == .alarm && result.look.waitedSeconds == 50)
    #expect(result.sightings.map(\.kind) == [.alarm])
    #expect(events.contains { if case .sightings = $0 { true } else { false } })
  }

  @Test("a look that fails is told and tried again")
  func failedLook() async throws {
    let lock = try repository.putLock(secondsAgo: 60)
    let storage = repository.storage
    storage.beforeEach { request, earlierCount, _ throws(StorageError) in
      if request == .list(.locks), (2...4).contains(earlierCount) {
        throw StorageError(.transient, action: "cannot list locks", reason: "gone away")
      }
    }
    at(8) { storage.remove(lock) }
    let (result, events) = try await wait()
    #expect(result.ending == .canRun)
    let failures = events.filter {
      if case .observation(let event) = $0 { event.kind == .pollFailed } else { false }
    }
    #expect(failures.count == 3)
  }

  @Test("when the last look failed, nobody knows, and that is an error")
  func failedLastLook() async throws {
    try repository.putLock(secondsAgo: 60)
    repository.storage.beforeEach { request, earlierCount, _ throws(StorageError) in
      if request == .list(.locks), earlierCount >= 3 {
        throw StorageError(.transient, action: "cannot list locks", reason: "gone away")
      }
    }
    await #expect(throws: RepositoryError.self) { try await wait(seconds: 100) }
  }

  @Test("a repository that goes away is not free")
  func goesAway() async throws {
    try repository.putLock(secondsAgo: 60)
    let storage = repository.storage
    at(2) {
      storage.removeFolder(.locks)
      storage.remove(.config)
    }
    await #expect(throws: RepositoryError.self) { try await wait() }
  }

  @Test("an interruption ends the wait with the last look")
  func interrupted() async throws {
    try repository.putLock(secondsAgo: 60)
    let waiting = Mutex<Task<OperationWaiter.Ending, any Error>?>(nil)
    at(3) { waiting.withLock { $0?.cancel() } }
    let task = Task {
      while waiting.withLock({ $0 == nil }) { await Task.yield() }
      return try await wait(seconds: 100_000).0.ending
    }
    waiting.withLock { $0 = task }
    #expect(try await task.value == .interrupted)
  }
}

import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

/// A removed lock's holder that turns out to live.
@Suite struct RemovedHolderTests: UnlockerSuite {
  let repository: MemoryRepository
  let folder: TemporaryFolder

  init() throws {
    repository = try MemoryRepository()
    folder = try TemporaryFolder("unlocker")
  }

  @Test(
    "a removed lock's holder that writes again is an alarm, or a notice where it may be a new run",
    arguments: [(Int64(48_213), HolderSighting.Kind.alarm), (7, .notice)])
  func alarm(pid: Int64, kind: HolderSighting.Kind) async throws {
    try repository.putLock(secondsAgo: 7200, pid: pid)
    let newBytes = try repository.lock(secondsAgo: 1, pid: pid)
    let repository = repository
    repository.storage.beforeEach { request, _, storage in
      let wasRemoved = storage.requests.contains { if case .removeLock = $0 { true } else { false } }
      if case .list(.locks) = request, wasRemoved { repository.put(newBytes, secondsAgo: 1) }
    }
    let report = try await run()
    #expect(report.count(.removed) == 1)
    #expect(report.sightings.map(\.kind) == [kind])
    #expect(try JournalHistory(journal).alarms.count == 1)
  }

  @Test("the refresh of a newer lock is no alarm for the superseded one that was removed")
  func supersededIsNoAlarm() async throws {
    try repository.putLock(secondsAgo: 7200, pid: 48_213)
    let newer = try repository.putLock(secondsAgo: 200, pid: 48_213)
    let refreshed = try repository.lock(secondsAgo: -100, pid: 48_213)
    let repository = repository
    repository.storage.beforeEach { request, _, storage in
      let wasRemoved = storage.requests.contains { if case .removeLock = $0 { true } else { false } }
      if case .list(.locks) = request, wasRemoved {
        storage.remove(newer)
        repository.put(refreshed, secondsAgo: -100)
      }
    }
    let report = try await run()
    #expect(report.count(.removed) == 1 && report.sightings.isEmpty)
  }

  @Test("a refresh a moment early is an alarm too, whatever the PID")
  func earlyBeat() async throws {
    try repository.putLock(secondsAgo: 290, pid: 7)
    let newBytes = try repository.lock(secondsAgo: -9.9, pid: 7)
    let repository = repository
    repository.storage.beforeEach { request, _, storage in
      let wasRemoved = storage.requests.contains { if case .removeLock = $0 { true } else { false } }
      if case .list(.locks) = request, wasRemoved { repository.put(newBytes, secondsAgo: -9.9) }
    }
    let names = try await repository.storage.list(.locks, limit: 10).map(\.name)
    let report = try await run { $0.forcedNames = Set(names) }
    #expect(report.sightings.map(\.kind) == [.alarm])
  }

  @Test("a later run finds the holder in the last hour of the journal, and tells it once")
  func laterAlarm() async throws {
    try repository.putLock(secondsAgo: 7200, pid: 48_213)
    _ = try await run()
    repository.boot.withLock { $0 += 600 }
    let newBytes = try repository.lock(secondsAgo: -300, pid: 48_213)
    repository.put(newBytes, secondsAgo: -300)
    let now = Made.now.adding(seconds: 600)
    let report = try await run()
    let sightings = try JournalHistory(journal).sightings(in: report.final, now: now)
    #expect(sightings.map(\.kind) == [.alarm])
    let writer = JournalWriter(journal, requester: requester, runID: "1")
    for sighting in sightings { try writer.record(sighting, in: report.final, now: now) }
    #expect(try JournalHistory(journal).sightings(in: report.final, now: now).isEmpty)
    #expect(
      try JournalHistory(journal).sightings(in: report.final, now: now.adding(seconds: 3600)).isEmpty)
  }
}

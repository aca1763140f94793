import HostFacts
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

/// A watch in a world whose time passes only while the watch sleeps.
@Suite struct LockObserverTests {
  private let repository: MemoryRepository
  /// What happens at the end of a sleep, by the number of sleeps so far.
  private final class Script: Sendable {
    let steps = Mutex<[Int: @Sendable () -> Void]>([:])
    let count = Mutex(0)
    let extraSeconds = Mutex<[Int: Double]>([:])
  }
  private let script = Script()

  init() throws { repository = try MemoryRepository() }

  private func watch(seconds: Double, interval: Double = 10) async throws -> (
    LockObserver.Result, [ObservationEvent]
  ) {
    var surroundings = repository.surroundings()
    let (repository, script) = (repository, script)
    surroundings.sleep = { duration in
      let number = script.count.withLock { count in
        count += 1
        return count
      }
      let parts = duration.components
      let slept = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
      let extra = script.extraSeconds.withLock { $0[number] ?? 0 }
      repository.boot.withLock { $0 += slept + extra }
      script.steps.withLock { $0[number] }?()
    }
    let storage = repository.storage
    let forge = repository.forge
    let session = RepositorySession(
      Inspector(storage: storage, surroundings: surroundings, locality: Made.network)
    ) { config, _ in
      try await RepositoryOpener(storage: storage).open(.masterKey(forge.masterKey), config: config)
    }
    var events: [ObservationEvent] = []
    let result = try await LockObserver(session: session, surroundings: surroundings).watch(
      LockObserver.Settings(seconds: seconds, intervalSeconds: interval), onEvent: { events.append($0) })
    return (result, events)
  }

  private func at(_ sleep: Int, _ step: @escaping @Sendable () -> Void) {
    script.steps.withLock { $0[sleep] = step }
  }

  @Test("a poll with nothing new is one request")
  func oneRequest() async throws {
    try repository.putLock(secondsAgo: 60)
    _ = try await watch(seconds: 100)
    let requests = repository.storage.requests
    // 11 looks, and what only the first one needs.
    #expect(requests.count { $0 == .list(.locks) } == 11)
    #expect(requests.count == 11 + 3, "\(requests)")
  }

  @Test("a refresh is proof of life, and ends the watch")
  func refreshed() async throws {
    let old = try repository.putLock(secondsAgo: 290)
    let new = try repository.lock(secondsAgo: -20)
    let repository = repository
    at(2) {
      repository.storage.remove(old)
      repository.put(new, secondsAgo: -20)
    }
    let (result, events) = try await watch(seconds: 360)
    #expect(events.map(\.kind) == [.refreshed] && events.first?.replacedName == old.name)
    #expect(result.isDecided && result.inspection.assessments.map(\.verdict) == [.held])
  }

  @Test("half an hour of watching settles what clocks could not")
  func settles() async throws {
    // By its own time it lies in the future, so that no clock says anything.
    repository.put(try repository.lock(secondsAgo: -86_400), secondsAgo: -86_400)
    let (result, events) = try await watch(seconds: 1900, interval: 50)
    #expect(result.isDecided && result.inspection.assessments.map(\.verdict) == [.expired])
    #expect(events.map(\.kind) == [.overdue, .verdict])
  }

  @Test("a gap of more than a minute starts the silence anew, and is told")
  func gap() async throws {
    repository.put(try repository.lock(secondsAgo: -86_400), secondsAgo: -86_400)
    script.extraSeconds.withLock { $0[3] = 1800 }
    let (result, events) = try await watch(seconds: 1900, interval: 50)
    #expect(events.map(\.kind).first == .gap)
    #expect(!result.isDecided && result.inspection.assessments.map(\.verdict) == [.fresh])
  }

  @Test("failed polls are told, and a minute of them is a gap")
  func failedPolls() async throws {
    try repository.putLock(secondsAgo: 60)
    repository.storage.beforeEach { request, earlierCount, _ throws(StorageError) in
      if case .list(.locks) = request, (2...9).contains(earlierCount) {
        throw StorageError(.transient, action: "cannot list locks", reason: "gone away")
      }
    }
    let (_, events) = try await watch(seconds: 120)
    #expect(events.map(\.kind).filter { $0 == .pollFailed }.count == 8)
    #expect(events.map(\.kind).contains(.gap))
  }

  @Test("locks that come and go are told")
  func comesAndGoes() async throws {
    let old = try repository.putLock(secondsAgo: 60)
    let bytes = try repository.lock(secondsAgo: -30, pid: 9000)
    let repository = repository
    at(3) { repository.put(bytes, secondsAgo: -30) }
    at(5) { repository.storage.remove(old) }
    let (_, events) = try await watch(seconds: 100)
    #expect(events.map(\.kind) == [.new, .gone])
    #expect(events.last?.assessment?.lock.name == old.name)
  }

  @Test("a repository that goes away while it is watched is not free")
  func unmounted() async throws {
    try repository.putLock(secondsAgo: 60)
    let storage = repository.storage
    at(2) {
      storage.removeFolder(.locks)
      storage.remove(.config)
    }
    await #expect(throws: RepositoryError.self) { _ = try await watch(seconds: 100) }
  }
}

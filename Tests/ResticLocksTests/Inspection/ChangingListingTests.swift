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

@Suite("A listing that changes while it is read") struct ChangingListingTests {
  private let repository: MemoryRepository

  init() throws { repository = try MemoryRepository() }

  @Test("shows the refreshed lock under its new ID", arguments: 0..<2)
  func refreshBeforeReading(earlierCount: Int) async throws {
    let (old, bytes) = (try repository.putLock(secondsAgo: 300), try repository.lock(secondsAgo: 0))
    repository.storage.beforeEach { [repository] request, _, storage throws(StorageError) in
      guard request == .read(old) else { return }
      repository.put(bytes, secondsAgo: 0)
      storage.remove(old)
    }
    let inspection = try await repository.inspect()
    #expect(inspection.assessments.count == 1)
    #expect(inspection.assessments.first?.lock.record?.time == Made.lockTime(secondsAgo: 0))
    #expect(inspection.vanishedNames == [old.name])
    #expect(!inspection.isFree)
  }

  @Test("is free when the lock is gone for good")
  func released() async throws {
    let lock = try repository.putLock()
    repository.storage.beforeEach { request, _, storage throws(StorageError) in
      if request == .read(lock) { storage.remove(lock) }
    }
    let inspection = try await repository.inspect()
    #expect(inspection.assessments.isEmpty && inspection.isFree && inspection.vanishedNames == [lock.name])
  }

  @Test("never looks free because it outran us", arguments: [1, 3, 4, 5, 6, 50])
  func refreshesAgainAndAgain(refreshCount: Int) async throws {
    let first = try repository.putLock(secondsAgo: 300)
    let current = Mutex(first)
    let spare = try (0..<refreshCount).map { try repository.lock(secondsAgo: 0, pid: Int64(5000 + $0)) }
    let used = Mutex(0)
    repository.storage.beforeEach { [repository] request, _, storage throws(StorageError) in
      guard case .read(let file) = request, file == current.withLock({ $0 }) else { return }
      guard let next = used.withLock({ $0 < spare.count ? ($0, $0 += 1).0 : nil }) else { return }
      let new = repository.put(spare[next], secondsAgo: 0)
      current.withLock { $0 = new }
      storage.remove(file)
    }
    let inspection = try await repository.inspect()
    #expect(!inspection.isFree)
    // One that stays out of reach is told as such.
    let isReached = refreshCount < ReadingLimits.listingRounds
    #expect(inspection.assessments.map(\.verdict) == [isReached ? .fresh : .unreadable])
    if isReached { #expect(inspection.assessments.first?.lock.name == current.withLock { $0.name }) }
  }

  @Test("does not make a dead lock of one whose process ended and took it along")
  func endedMeanwhile() async throws {
    let lock = try repository.putLock(hostname: "web1")
    let processes = ProcessTable { [repository] wanted in
      repository.storage.remove(lock)
      return MemoryRepository.nobody.take(wanted)
    }
    let inspection = try await repository.inspect(processes: processes)
    #expect(inspection.assessments.isEmpty && inspection.vanishedNames == [lock.name])
  }

  @Test("confirms a dead lock by a second listing")
  func deadStays() async throws {
    let lock = try repository.putLock(hostname: "web1")
    #expect(try await repository.inspect().verdicts == [lock.short: .dead])
    #expect(repository.storage.requests.count { $0 == .list(.locks) } == 2)
  }

  @Test("confirms a stale lock once, and again after a gap in the watch")
  func confirmedOnce() async throws {
    try repository.putLock(hostname: "web1")
    let inspector = Inspector(
      storage: repository.storage, surroundings: repository.surroundings(), locality: Made.localDisk)
    let session = RepositorySession(inspector) { [repository] config, _ in
      try await RepositoryOpener(storage: repository.storage).open(
        .masterKey(repository.forge.masterKey), config: config)
    }
    for listingCount in [2, 3, 4, 6] {
      if listingCount == 6 { await session.restartObservation() }
      #expect(try await session.look().assessments.map(\.verdict) == [.dead])
      #expect(repository.storage.requests.count { $0 == .list(.locks) } == listingCount)
    }
  }

  @Test("does not call a lock expired that was refreshed while the password was typed")
  func slowPassword() async throws {
    let (old, bytes) = (try repository.putLock(secondsAgo: 60), try repository.lock(secondsAgo: -3500))
    let inspector = Inspector(
      storage: repository.storage, surroundings: repository.surroundings(), locality: Made.network)
    let inspection = try await inspector.inspect { [repository] config, _ in
      while !repository.storage.requests.contains(.read(old)) { await Task.yield() }
      try await Task.sleep(for: .milliseconds(50))
      repository.boot.withLock { $0 += 3600 }
      repository.storage.remove(old)
      repository.put(bytes, secondsAgo: -3500)
      return try await RepositoryOpener(storage: repository.storage).open(
        .masterKey(repository.forge.masterKey), config: config)
    }
    #expect(inspection.assessments.map(\.verdict) == [.fresh])
    #expect(inspection.assessments.first?.lock.name != old.name)
  }

  @Test("shows a lock that came while the password was typed")
  func cameWhileOpening() async throws {
    try repository.putLock(pid: 1)
    let bytes = try repository.lock(pid: 2, isExclusive: true)
    let inspector = Inspector(
      storage: repository.storage, surroundings: repository.surroundings(), locality: Made.network)
    let inspection = try await inspector.inspect { [repository] config, _ in
      repository.boot.withLock { $0 += 120 }
      repository.put(bytes)
      return try await RepositoryOpener(storage: repository.storage).open(
        .masterKey(repository.forge.masterKey), config: config)
    }
    #expect(inspection.assessments.count == 2)
  }

  @Test("remembers from one listing to the next what it did not have")
  func chainedSightings() async throws {
    let (old, bytes) = (
      try repository.putLock(secondsAgo: 300, hostname: "web1"), try repository.lock(secondsAgo: 0)
    )
    let processes = ProcessTable { [repository] wanted in
      repository.storage.remove(old)
      repository.put(bytes, secondsAgo: 0)
      return MemoryRepository.nobody.take(wanted)
    }
    let inspection = try await repository.inspect(processes: processes)
    #expect(inspection.assessments.first?.evidence?.silence.observed?.atMostSeconds == 0)
  }

  @Test("takes no further listing where nothing is in doubt")
  func oneListing() async throws {
    try repository.putLock()
    _ = try await repository.inspect()
    #expect(repository.storage.requests.count { $0 == .list(.locks) } == 1)
  }
}

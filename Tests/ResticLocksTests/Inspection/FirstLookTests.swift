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

@Suite("A first look") struct FirstLookTests {
  private let repository: MemoryRepository

  init() throws { repository = try MemoryRepository() }

  @Test(
    "at a repository without locks takes one listing and one stat, and neither key nor password",
    arguments: [
      true, false,
    ])
  func noLocks(hasFolder: Bool) async throws {
    if !hasFolder { repository.storage.removeFolder(.locks) }
    let counting = RequestCountingStorage(counting: repository.storage)
    let inspector = Inspector(
      storage: counting, surroundings: repository.surroundings(), locality: Made.localDisk)
    let inspection = try await inspector.inspect { _, _ in
      Issue.record("asked for the password")
      return nil
    }
    #expect(inspection.isFree && inspection.isComplete && inspection.assessments.isEmpty)
    #expect(counting.counts.lists == 1 && counting.counts.stats == 1 && counting.counts.reads == 0)
  }

  @Test("reads config where the repository is to be identified, and no key")
  func identifies() async throws {
    let counting = RequestCountingStorage(counting: repository.storage)
    let inspection = try await repository.inspect(storage: counting, identifies: true)
    #expect(inspection.configSHA256?.count == 64)
    #expect(counting.counts.lists == 1 && counting.counts.stats == 1 && counting.counts.reads == 1)
  }

  @Test("finds no repository without config, whatever else is there", arguments: [true, false])
  func noConfig(hasLocks: Bool) async throws {
    if hasLocks { try repository.putLock() } else { repository.storage.removeFolder(.locks) }
    repository.storage.remove(.config)
    await expectError("noRepository") { _ = try await repository.inspect() }
  }

  @Test("does not call a repository free that it may not list")
  func listingFails() async throws {
    repository.storage.beforeEach { request, _, _ throws(StorageError) in
      if request == .list(.locks) {
        throw StorageError(.notAllowed, action: "cannot list locks", reason: "EACCES")
      }
    }
    await expectError("notReadable") { _ = try await repository.inspect() }
  }

  @Test("does not call a repository free whose config can't be looked at")
  func configFails() async throws {
    repository.storage.beforeEach { request, _, _ throws(StorageError) in
      if request == .stat(.config) { throw StorageError(.transient, action: "cannot look", reason: "EIO") }
    }
    await expectError("notReadable") { _ = try await repository.inspect() }
  }

  @Test("at stray and empty files takes no key")
  func noKeyNeeded() async throws {
    repository.put([1], name: ".DS_Store")
    repository.put([], name: Made.id("e").hex)
    let inspection = try await repository.inspect(hasPassword: false)
    #expect(inspection.verdicts == [".DS_Stor": .debris, "eeeeeeee": .empty])
    #expect(inspection.isFree && inspection.isComplete)
    #expect(!repository.storage.requests.contains(.list(.keys)))
  }

  @Test("without a password shows locks unjudged, and never free")
  func noPassword() async throws {
    try repository.putLock(secondsAgo: 9 * Made.day)
    let inspection = try await repository.inspect(hasPassword: false)
    #expect(inspection.assessments.map(\.verdict) == [nil])
    #expect(!inspection.isFree && !inspection.isComplete)
  }

  @Test("throws what opening throws")
  func openingFails() async throws {
    try repository.putLock()
    let inspector = Inspector(
      storage: repository.storage, surroundings: repository.surroundings(), locality: Made.localDisk)
    await expectError("wrongPassword") {
      _ = try await inspector.inspect { _, _ in
        throw RepositoryError.wrongPassword(triedKeyCount: 1, keyCount: 1)
      }
    }
  }

  @Test("orders locks by age, then by name")
  func order() async throws {
    let young = try repository.putLock(secondsAgo: 60)
    let old = try repository.putLock(secondsAgo: 600)
    #expect(try await repository.inspect().assessments.map(\.lock.name) == [old.name, young.name])
  }

  @Test("counts for the next: silence is seen without a clock")
  func sightingsAreKept() async throws {
    let lock = try repository.putLock(secondsAgo: -9 * Made.day)
    #expect(try await repository.inspect().verdicts == [lock.short: .fresh])
    repository.boot.withLock { $0 += 1801 }
    #expect(try await repository.inspect().verdicts == [lock.short: .expired])
  }
}

/// Expects a `RepositoryError` whose case has this name.
func expectError(
  _ name: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
  do {
    try await body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch RepositoryError.foreignMasterKey {
    #expect(name == "foreignMasterKey", sourceLocation: sourceLocation)
  } catch let error as RepositoryError {
    #expect(Mirror(reflecting: error).children.first?.label == name, sourceLocation: sourceLocation)
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}

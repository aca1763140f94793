import HostFacts
import ResticCrypto
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing

/// What costs a round trip each is asked for side by side where it can be.
@Suite("A first look behind a network") struct RemoteFirstLookTests {
  private let repository: MemoryRepository

  init() throws { repository = try MemoryRepository() }

  private func session(
    on storage: any Storage, open: @escaping @Sendable () async throws -> Void = {}
  ) -> RepositorySession {
    let inspector = Inspector(storage: storage, surroundings: repository.surroundings(), locality: nil)
    let opener = RepositoryOpener(storage: storage)
    let password = SecretBytes(copying: Array(TestEnvironment.fixturePassword.utf8))
    return RepositorySession(inspector, fetchKeyFiles: { try? await opener.keyFiles() }) { config, keyFiles in
      #expect(keyFiles != nil)
      try await open()
      return try await opener.open(.password(password), config: config, keyFiles: keyFiles)
    }
  }

  @Test("reads config and lists the keys at the same time, and then the keys and the locks")
  func pairs() async throws {
    let lock = try repository.putLock()
    let key = try #require(try await repository.storage.list(.keys, limit: 10).first?.name)
    let meetings =
      [
        Set([.read(.config), .list(.keys)]),
        Set([.read(lock), .read(.entry(folder: .keys, name: key))]),
      ] as [Set<Request>]
    let storage = MeetingStorage(repository.storage, meetings)
    let inspection = try await session(on: storage).look()
    #expect(inspection.assessments.map(\.verdict) == [.fresh])
    #expect(storage.missed.isEmpty, "\(storage.missed)")
  }

  @Test("takes the listing that confirms a stale lock while the key is derived, and no other after it")
  func confirmsEarly() async throws {
    try repository.putLock(secondsAgo: 2 * 86_400)
    let storage = MeetingStorage(repository.storage, [])
    let inspection = try await session(on: storage) {
      try await storage.isListedAgain()
    }.look()
    #expect(inspection.assessments.map(\.verdict) == [.expired])
    #expect(storage.count(.list(.locks)) == 2)
  }

  @Test("sees in that listing what a holder wrote while the key was derived")
  func seesRefresh() async throws {
    let old = try repository.putLock(secondsAgo: 2 * 86_400)
    let new = try repository.lock(secondsAgo: 0)
    let storage = MeetingStorage(repository.storage, [])
    repository.storage.beforeEach { [repository] request, _, storage throws(StorageError) in
      guard request == .read(old) else { return }
      repository.put(new, secondsAgo: 0)
      storage.remove(old)
    }
    let inspection = try await session(on: storage).look()
    #expect(inspection.assessments.map(\.lock.name) == [ObjectID(hashOf: new).hex])
  }

  @Test("takes one more when the derivation took so long that the early listing has grown old")
  func oldConfirmation() async throws {
    try repository.putLock(secondsAgo: 2 * 86_400)
    let storage = MeetingStorage(repository.storage, [])
    _ = try await session(on: storage) { [repository] in
      try await storage.isListedAgain()
      repository.boot.withLock { $0 += ReadingLimits.listingAgeSeconds + 1 }
    }.look()
    #expect(storage.count(.list(.locks)) == 3)
  }
}

private enum Request: Hashable, Sendable {
  case list(RepositoryFolder)
  case read(RepositoryFile)
}

/// Holds requests back until all of a group have come; a group that never meets is noted.
private final class MeetingStorage: Storage {
  private let base: any Storage
  private let meetings: [Set<Request>]
  private let asked = Mutex<[Request: Int]>([:])
  private let missedMeetings = Mutex<[Set<Request>]>([])

  init(_ base: any Storage, _ meetings: [Set<Request>]) {
    self.base = base
    self.meetings = meetings
  }

  var displayName: String { base.displayName }
  var missed: [Set<Request>] { missedMeetings.withLock { $0 } }

  func count(_ request: Request) -> Int { asked.withLock { $0[request] ?? 0 } }

  func isListedAgain() async throws {
    let _: Bool = try await eventually("the locks are listed again") {
      count(.list(.locks)) == 2 ? true : nil
    }
  }

  func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    await arrive(.list(folder))
    return try await base.list(folder, limit: limit)
  }

  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry { try await base.stat(file) }

  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    await arrive(.read(file))
    return try await base.read(file, byteLimit: byteLimit)
  }

  private func arrive(_ request: Request) async {
    asked.withLock { $0[request, default: 0] += 1 }
    guard let meeting = meetings.first(where: { $0.contains(request) }) else { return }
    let hasMet = try? await eventually("\(meeting) meet") {
      meeting.allSatisfy { self.count($0) > 0 } ? true : nil
    }
    if hasMet != true { missedMeetings.withLock { $0.append(meeting) } }
  }
}

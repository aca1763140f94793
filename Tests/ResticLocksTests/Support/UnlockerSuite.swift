import ResticLocks
import ResticStorage
import TestSupport
import Testing

/// A suite over one repository in memory from which locks are removed.
protocol UnlockerSuite {
  var repository: MemoryRepository { get }
  /// Where the journal is.
  var folder: TemporaryFolder { get }
}

extension UnlockerSuite {
  var journal: Journal { Journal(path: folder.path("journal.jsonl")) }
  var requester: Requester {
    Requester(user: "tester", userID: 1000, host: "web1", pid: 99, command: "reslock unlock")
  }

  func run(
    storage: (any Storage)? = nil, removal: (any LockRemoval)? = nil,
    runID: String = "0123456789abcdef", _ change: (inout UnlockRequest) -> Void = { _ in }
  ) async throws -> UnlockReport {
    let storage = storage ?? repository.storage
    let surroundings = repository.surroundings()
    let inspector = Inspector(storage: storage, surroundings: surroundings, locality: Made.network)
    let forge = repository.forge
    let session = RepositorySession(inspector) { config, _ in
      try await RepositoryOpener(storage: storage).open(.masterKey(forge.masterKey), config: config)
    }
    let unlocker = Unlocker(
      session: session, storage: storage, removal: removal ?? repository.storage,
      writer: JournalWriter(journal, requester: requester, runID: runID),
      surroundings: surroundings)
    var request = UnlockRequest()
    request.isAttended = true
    change(&request)
    return try await unlocker.run(try await session.look(identifies: true), request)
  }

  func outcome(_ report: UnlockReport, _ file: RepositoryFile) -> LockOutcome? {
    report.outcomes.first { $0.assessment.lock.name == file.name }
  }

  func isThere(_ file: RepositoryFile) async -> Bool {
    (try? await repository.storage.stat(file)) != nil
  }
}

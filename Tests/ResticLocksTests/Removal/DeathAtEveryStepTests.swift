import Foundation
import HostFacts
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

/// What a run leaves behind that dies at any of its steps: each request to the storage is photographed, and every
/// photograph is what a death there would have left.
@Suite struct DeathAtEveryStepTests {
  /// What lies on the disks at one moment.
  private struct Photograph: Sendable {
    let at: String
    var journal: [UInt8]?
    let locks: [RepositoryFile: [UInt8]]
  }

  private let repository: MemoryRepository
  private let folder: TemporaryFolder
  private let original: [RepositoryFile: [UInt8]]
  private let kept: RepositoryFile

  init() throws {
    repository = try MemoryRepository()
    folder = try TemporaryFolder("death")
    for index in 0..<4 {
      try repository.putLock(secondsAgo: 7200 + Double(index), pid: 6000 + Int64(index))
    }
    kept = try repository.putLock(secondsAgo: 60, pid: 7000)
    original = Self.locks(repository.storage)
  }

  private static func locks(_ storage: InMemoryStorage) -> [RepositoryFile: [UInt8]] {
    storage.contents.filter { if case .entry(.locks, _) = $0.key { true } else { false } }
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    (try? Data(contentsOf: URL(fileURLWithPath: path))).map(Array.init)
  }

  private func writer(_ journal: Journal, _ runID: String) -> JournalWriter {
    JournalWriter(
      journal,
      requester: Requester(user: "tester", userID: 1000, host: "web1", pid: 99, command: "reslock unlock"),
      runID: runID)
  }

  private func unlock(_ journal: Journal, _ runID: String) async throws -> UnlockReport {
    let surroundings = repository.surroundings()
    let storage = repository.storage
    let forge = repository.forge
    let session = RepositorySession(
      Inspector(storage: storage, surroundings: surroundings, locality: Made.network)
    ) { config, _ in
      try await RepositoryOpener(storage: storage).open(.masterKey(forge.masterKey), config: config)
    }
    var request = UnlockRequest()
    request.isAttended = true
    return try await Unlocker(
      session: session, storage: storage, removal: storage, writer: writer(journal, runID),
      surroundings: surroundings
    ).run(try await session.look(identifies: true), request)
  }

  private func undo(_ journal: Journal) async throws -> [RestorationOutcome] {
    var latest: [String: JournalRemoval] = [:]
    for removal in try JournalHistory(journal).removals { latest[removal.name] = removal }
    let look = try await repository.inspect(identifies: true)
    return try await LockRestorer(
      removal: repository.storage, writer: writer(journal, "3"), surroundings: repository.surroundings()
    ).restore(latest.values.sorted { $0.name < $1.name }, into: look, isForced: true)
  }

  /// Runs `body` to its end, with a photograph before each request and after the last.
  private func photographs(_ journal: Journal, during body: () async throws -> Void) async throws
    -> [Photograph]
  {
    let taken = Mutex<[Photograph]>([])
    repository.storage.beforeEach { request, _, storage in
      let photograph = Photograph(
        at: "before \(request)", journal: Self.bytes(journal.path), locks: Self.locks(storage))
      taken.withLock { $0.append(photograph) }
    }
    try await body()
    repository.storage.beforeEach(nil)
    let last = Photograph(
      at: "at the end", journal: Self.bytes(journal.path), locks: Self.locks(repository.storage))
    return taken.withLock { $0 } + [last]
  }

  /// The photographs, and between two of them every way to tear what the journal gained.
  private static func withTornJournals(_ photographs: [Photograph]) -> [Photograph] {
    var result: [Photograph] = []
    for (index, photograph) in photographs.enumerated() {
      result.append(photograph)
      guard index + 1 < photographs.count, let later = photographs[index + 1].journal else { continue }
      let before = photograph.journal ?? []
      guard later.count > before.count else { continue }
      let lineEnds = later.indices.filter { $0 >= before.count && later[$0] == 10 }
      let cuts = Set(
        [before.count, before.count + 1, before.count + 13] + lineEnds.flatMap { [$0 - 40, $0, $0 + 1] })
      for cut in cuts.sorted() where cut >= before.count && cut <= later.count {
        // Each is taken before its request is carried out: what that changed came before the journal grew.
        var torn = photographs[index + 1]
        torn.journal = Array(later[..<cut])
        result.append(torn)
        // The length was stored before the bytes.
        torn.journal = before + [UInt8](repeating: 0, count: cut - before.count)
        result.append(torn)
      }
    }
    return result
  }

  /// All that changes may leave that happen side by side: each file changed or not, with the journal before them.
  private static func withPartsOfTheWork(_ photographs: [Photograph]) -> [Photograph] {
    guard let first = photographs.first, let last = photographs.last,
      let announced = photographs.last(where: { $0.locks == first.locks })
    else { return [] }
    let files = Set(first.locks.keys).symmetricDifference(last.locks.keys).sorted { $0.name < $1.name }
    return (0..<(1 << files.count)).map { mask in
      var locks = announced.locks
      for (index, file) in files.enumerated() where mask & (1 << index) != 0 {
        locks[file] = last.locks[file]
      }
      return Photograph(at: "in the midst of the work (\(mask))", journal: announced.journal, locks: locks)
    }
  }

  private func place(_ photograph: Photograph, _ journal: Journal) throws {
    // To who remembers the state before, locks would come back from nowhere and be young.
    repository.kept.withLock { $0 = [:] }
    for file in Self.locks(repository.storage).keys { repository.storage.remove(file) }
    for (file, bytes) in photograph.locks {
      let secondsAgo = file == kept ? 60.0 : 7200
      repository.storage.put(bytes, at: file, modified: Made.now.adding(seconds: -secondsAgo))
    }
    try? FileManager.default.removeItem(atPath: journal.path)
    if let bytes = photograph.journal { try Data(bytes).write(to: URL(fileURLWithPath: journal.path)) }
  }

  @Test("a run that dies at any step has lost nothing, the next one finishes, and undo brings all back")
  func unlocking() async throws {
    let journal = Journal(path: folder.path("journal.jsonl"))
    let photographs = try await photographs(journal) {
      let report = try await unlock(journal, "1")
      #expect(report.count(.removed) == 4)
    }
    let states = Self.withTornJournals(photographs) + Self.withPartsOfTheWork(photographs)
    #expect(Set(states.map(\.locks.count)) == [1, 2, 3, 4, 5] && states.count > photographs.count + 24)
    for state in states {
      let what = "\(state.at), \(state.locks.count) locks, journal of \(state.journal?.count ?? -1) bytes"
      try place(state, journal)
      let left = try JournalHistory(journal)
      #expect(left.breaks.isEmpty, "\(what): \(left.breaks)")
      for (file, bytes) in original where state.locks[file] == nil {
        let removal = left.removals.last { $0.name == file.name }
        #expect(removal?.bytes == bytes && removal?.mayHaveRemoved == true, "\(what): \(file.name) is lost")
      }
      for removal in left.removals where removal.outcome == .removed {
        #expect(!state.locks.keys.contains { $0.name == removal.name }, "\(what): told and not done")
      }

      let report = try await unlock(journal, "2")
      #expect(report.count(.failed) == 0 && report.troubles.isEmpty, "\(what): \(report.troubles)")
      #expect(Set(Self.locks(repository.storage).keys) == [kept], "\(what)")
      #expect(try JournalHistory(journal).breaks.isEmpty, "\(what)")

      let outcomes = try await undo(journal)
      #expect(outcomes.count == 4 && outcomes.allSatisfy { $0.kind == .restored }, "\(what)")
      #expect(Self.locks(repository.storage) == original, "\(what)")
      #expect(try JournalHistory(journal).breaks.isEmpty, "\(what)")
    }
  }

  @Test("an undo that dies at any step is finished by the next")
  func undoing() async throws {
    let journal = Journal(path: folder.path("journal.jsonl"))
    _ = try await unlock(journal, "1")
    let photographs = try await photographs(journal) {
      let outcomes = try await undo(journal)
      #expect(outcomes.allSatisfy { $0.kind == .restored })
    }
    let states = Self.withTornJournals(photographs) + Self.withPartsOfTheWork(photographs)
    #expect(Set(states.map(\.locks.count)) == [1, 2, 3, 4, 5])
    for state in states {
      let what = "\(state.at), \(state.locks.count) locks, journal of \(state.journal?.count ?? -1) bytes"
      try place(state, journal)
      let outcomes = try await undo(journal)
      #expect(outcomes.count == 4, "\(what)")
      #expect(outcomes.allSatisfy { [.restored, .alreadyThere].contains($0.kind) }, "\(what)")
      #expect(Self.locks(repository.storage) == original, "\(what)")
      let history = try JournalHistory(journal)
      #expect(history.breaks.isEmpty && history.removals.allSatisfy(\.isRestored), "\(what)")
    }
  }
}

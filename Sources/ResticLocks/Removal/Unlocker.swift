internal import HostFacts
internal import ResticFormat
package import ResticStorage
internal import WallTime

/// Removes what a plan names, step by step, so that nothing is lost whatever happens between two of them (DESIGN
/// "Removing").
package struct Unlocker: Sendable {
  let session: RepositorySession
  let storage: any Storage
  let removal: any LockRemoval
  /// `nil` only where the user gave the journal up.
  let writer: JournalWriter?
  let surroundings: Surroundings
  /// Told how many of how many were dealt with.
  let progress: @Sendable (_ done: Int, _ total: Int) -> Void

  /// Locks announced and removed together: their bytes are held meanwhile.
  private static let batchLength = 20_000
  /// Deletions between two questions whether the look before them has grown old.
  private static let chunkLength = 256
  private static let batchByteCount: Int64 = 16 << 20

  package init(
    session: RepositorySession, storage: any Storage, removal: any LockRemoval, writer: JournalWriter?,
    surroundings: Surroundings, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    self.session = session
    self.storage = storage
    self.removal = removal
    self.writer = writer
    self.surroundings = surroundings
    self.progress = progress
  }

  /// What runs of the last hour removed, and whose holder writes all the same: each is recorded, once.
  package func earlierSightings(in inspection: Inspection) throws(JournalError) -> [HolderSighting] {
    guard let writer else { return [] }
    let sightings = try JournalHistory(writer.journal).sightings(in: inspection, now: now())
    for sighting in sightings { try writer.record(sighting, in: inspection, now: now()) }
    return sightings
  }

  /// Removes what the request allows of a look's locks.
  ///
  /// - Returns: what became of every file, in the order of the look. A lock that is gone, can't be removed or was kept
  ///   is no error; an interruption ends the work between two deletions, and the report says so.
  /// - Throws: `JournalError` before anything is removed that could not be recorded.
  package func run(_ inspection: Inspection, _ request: UnlockRequest) async throws -> UnlockReport {
    let plan = UnlockPlan(inspection, request)
    var outcomes: [String: LockOutcome] = [:]
    var report = UnlockReport(before: inspection, outcomes: [])
    let targets = plan.removals
    var work = Work(inspection: inspection, request: request, targetCount: targets.count)
    for batch in Self.batches(targets) {
      if Task.isCancelled || work.mustStop { break }
      do {
        for outcome in try await remove(batch, &work) { outcomes[outcome.assessment.lock.name] = outcome }
      } catch let error as JournalError {
        guard !outcomes.isEmpty else { throw error }
        report.troubles.append(error.description)
        break
      } catch {
        guard !outcomes.isEmpty else { throw error }
        report.troubles.append("\(error)")
        break
      }
      work.doneCount = outcomes.count
    }
    report.wasInterrupted = Task.isCancelled
    report.outcomes = plan.decisions.map { decision in
      outcomes[decision.assessment.lock.name] ?? Self.kept(decision, stopped: work.stopReason)
    }
    (report.head, report.sightings) = (work.head, work.sightings)
    report.troubles += work.troubles
    if !targets.isEmpty { await lookAgain(&report, &work) }
    return report
  }

  /// What one run knows as it goes on.
  private struct Work {
    let inspection: Inspection
    let request: UnlockRequest
    var removed: [RemovedHolder] = []
    var sightings: [HolderSighting] = []
    var troubles: [String] = []
    var head: JournalHead?
    let targetCount: Int
    var doneCount = 0
    let earlierNames: Set<String>
    /// The locks whose holders are looked for afterwards.
    let watchedNames: Set<String>

    init(inspection: Inspection, request: UnlockRequest, targetCount: Int) {
      self.inspection = inspection
      self.request = request
      self.targetCount = targetCount
      earlierNames = Set(inspection.assessments.map(\.lock.name))
      watchedNames = RemovedHolder.newestNames(in: inspection)
    }

    var mustStop: Bool { sightings.contains { $0.kind == .alarm } }
    var stopReason: String {
      mustStop
        ? "a removed lock's holder was seen alive, so nothing more is removed"
        : "the run ended before its turn"
    }
  }

  private static func kept(_ decision: RemovalDecision, stopped: String) -> LockOutcome {
    switch decision.kind {
    case .keep(let reason), .notSelected(let reason):
      LockOutcome(decision: decision, kind: .kept, reason: reason)
    case .remove: LockOutcome(decision: decision, kind: .kept, reason: stopped)
    }
  }

  /// A file that says it is larger is not read.
  private static func heldByteCount(_ target: RemovalDecision) -> Int64 {
    min(max(target.assessment.lock.byteCount, 0), Int64(ReadingLimits.lockByteCount))
  }

  private static func batches(_ targets: [RemovalDecision]) -> [[RemovalDecision]] {
    var batches: [[RemovalDecision]] = []
    var byteCount: Int64 = 0
    for target in targets {
      byteCount += heldByteCount(target)
      if batches.isEmpty || (batches.last?.count ?? 0) >= batchLength || byteCount > batchByteCount {
        batches.append([])
        byteCount = heldByteCount(target)
      }
      batches[batches.count - 1].append(target)
    }
    return batches
  }

  func now() -> UnixTime { surroundings.clock.read().now }

  private func remove(_ batch: [RemovalDecision], _ work: inout Work) async throws -> [LockOutcome] {
    let held = await concurrentMap(batch, width: ReadingLimits.concurrentRequests) { await hold($0) }
    var outcomes = held.compactMap(\.outcome)
    let announcements = held.compactMap(\.announcement)
    guard !announcements.isEmpty else { return outcomes }
    if let writer {
      work.head = try await writer.announce(
        announcements, in: work.inspection, version: work.request.version, now: now())
    }
    let dealtWith = await removeAnnounced(announcements, &work)
    outcomes += dealtWith
    if let writer {
      do {
        work.head = try writer.conclude(dealtWith, now: now())
      } catch {
        work.troubles.append("what became of the removals could not be recorded: \(error)")
      }
    }
    return outcomes
  }

  private struct Held: Sendable {
    var announcement: JournalWriter.Announcement?
    var outcome: LockOutcome?
  }

  /// Takes hold of a file's bytes, if they are still those that were judged.
  private func hold(_ decision: RemovalDecision) async -> Held {
    let lock = decision.assessment.lock
    do {
      let bytes = try await read(lock)
      guard isWhatWasJudged(bytes, lock) else {
        return Held(
          outcome: LockOutcome(
            decision: decision, kind: .kept, reason: "its content changed after it was judged"))
      }
      return Held(announcement: JournalWriter.Announcement(decision: decision, bytes: bytes))
    } catch {
      return Held(outcome: Self.outcome(decision, error, verb: "read before its removal"))
    }
  }

  private func read(_ lock: LockFile) async throws(StorageError) -> [UInt8] {
    try await storage.read(.entry(folder: .locks, name: lock.name), byteLimit: ReadingLimits.lockByteCount)
  }

  private func isWhatWasJudged(_ bytes: [UInt8], _ lock: LockFile) -> Bool {
    if lock.isNamedByContent { return lock.id?.isHash(of: bytes) ?? false }
    // A forced removal of what could not be read takes what is there now.
    return lock.defect?.kind == .unreadable || Int64(bytes.count) == lock.byteCount
  }

  private static func outcome(_ decision: RemovalDecision, _ error: StorageError, verb: String) -> LockOutcome
  {
    switch error.kind {
    case .notFound: LockOutcome(decision: decision, kind: .vanished, reason: "it was gone already")
    case .cancelled:
      LockOutcome(decision: decision, kind: .kept, reason: "the run was interrupted before its turn")
    default: LockOutcome(decision: decision, kind: .failed, reason: "it could not be \(verb): \(error)")
    }
  }

  /// Looks again with the journal written, and removes what still stands as it was decided; looks once more whenever
  /// the deletions take so long that the look has grown old.
  private func removeAnnounced(
    _ announcements: [JournalWriter.Announcement], _ work: inout Work
  ) async -> [LockOutcome] {
    var outcomes: [LockOutcome] = []
    var look: SecondLook?
    for start in stride(from: 0, to: announcements.count, by: Self.chunkLength) {
      let chunk = announcements[start..<min(start + Self.chunkLength, announcements.count)]
      let age = sinceBoot() - (look?.takenAtSeconds ?? -.infinity)
      if age > ReadingLimits.listingAgeSeconds {
        do {
          look = try await secondLook(&work)
        } catch {
          let kind: LockOutcome.Kind = Task.isCancelled ? .kept : .failed
          return outcomes
            + announcements[start...].map {
              LockOutcome(
                decision: $0.decision, kind: kind,
                reason: "the repository could not be looked at again before the removal: \(error)")
            }
        }
      }
      guard let look else { return outcomes }
      let stopReason = work.mustStop ? work.stopReason : nil
      let done = await concurrentMap(Array(chunk), width: ReadingLimits.concurrentRequests) { announcement in
        let decision = announcement.decision
        if let stopReason { return LockOutcome(decision: decision, kind: .kept, reason: stopReason) }
        if let objection = Self.objection(decision, look) { return objection }
        return await delete(announcement)
      }
      work.removed += done.compactMap { outcome in
        guard outcome.kind == .removed || outcome.mayBeGone,
          work.watchedNames.contains(outcome.assessment.lock.name),
          let record = outcome.assessment.lock.record
        else { return nil }
        return RemovedHolder(name: outcome.assessment.lock.name, record: record)
      }
      outcomes += done
      progress(work.doneCount + outcomes.count, work.targetCount)
    }
    return outcomes
  }

  /// What a look right before deletions says about the decisions.
  private struct SecondLook: Sendable {
    let takenAtSeconds: Double
    let decisions: [String: RemovalDecision]
    /// Holders that have written a lock since the decision.
    let newHolders: Set<LineageKey>
  }

  private func sinceBoot() -> Double { surroundings.clock.read().sinceBootSeconds }

  private func secondLook(_ work: inout Work) async throws -> SecondLook {
    let takenAtSeconds = sinceBoot()
    let second = try await session.look(identifies: true)
    findSightings(in: second, &work)
    let plan = UnlockPlan(second, work.request)
    let newLocks = second.assessments.filter { !work.earlierNames.contains($0.lock.name) }
    return SecondLook(
      takenAtSeconds: takenAtSeconds,
      decisions: Dictionary(plan.decisions.map { ($0.assessment.lock.name, $0) }) { first, _ in first },
      newHolders: Set(newLocks.compactMap { $0.lock.record.map(LineageKey.init) }))
  }

  /// Why a lock that was to go stays or need not go, after the second look.
  private static func objection(_ decision: RemovalDecision, _ look: SecondLook) -> LockOutcome? {
    let second = look.decisions[decision.assessment.lock.name]
    guard let second else {
      return LockOutcome(
        decision: decision, kind: .vanished, reason: "it was gone when it was looked at again")
    }
    if let record = decision.assessment.lock.record, decision.ground != .forced,
      look.newHolders.contains(LineageKey(record))
    {
      return LockOutcome(
        decision: decision, kind: .kept, reason: "its holder has written a new lock meanwhile")
    }
    guard second.kind == decision.kind, second.assessment.verdict == decision.assessment.verdict else {
      let reason =
        switch second.kind {
        case .keep(let reason), .notSelected(let reason): reason
        case .remove: "it is \(second.assessment.verdict?.rawValue ?? "not opened") now"
        }
      return LockOutcome(decision: decision, kind: .kept, reason: "the second look changed it: \(reason)")
    }
    return nil
  }

  private func delete(_ announcement: JournalWriter.Announcement) async -> LockOutcome {
    let decision = announcement.decision
    let lock = decision.assessment.lock
    guard let name = LockFileName(lock.name) else {
      return LockOutcome(decision: decision, kind: .kept, reason: "its name is not one that is ever removed")
    }
    do {
      guard try await read(lock) == announcement.bytes else {
        return LockOutcome(decision: decision, kind: .kept, reason: "its content changed between two looks")
      }
    } catch {
      return Self.outcome(decision, error, verb: "read before its removal")
    }
    do {
      try await removal.removeLock(name)
      return LockOutcome(decision: decision, kind: .removed, reason: decision.assessment.rule)
    } catch {
      return Self.unanswered(decision, error)
    }
  }

  /// A removal that did not succeed: without an answer nobody knows whether the storage heard of it.
  private static func unanswered(_ decision: RemovalDecision, _ error: StorageError) -> LockOutcome {
    switch error.kind {
    case .cancelled:
      LockOutcome(
        decision: decision, kind: .kept, reason: "the run was interrupted while it was being removed",
        mayBeGone: true)
    case .transient:
      LockOutcome(
        decision: decision, kind: .failed, reason: "it could not be removed: \(error)", mayBeGone: true)
    default: outcome(decision, error, verb: "removed")
    }
  }

  /// Lists once more: what is reported as removed must be gone, and no removed lock's holder may be writing.
  private func lookAgain(_ report: inout UnlockReport, _ work: inout Work) async {
    do {
      let session = session
      // Also after an interruption: the report should say what is there.
      let after = try await Task { try await session.look(identifies: true) }.value
      report.after = after
      let names = Set(after.assessments.map(\.lock.name))
      report.outcomes = report.outcomes.map { outcome in
        switch (outcome.kind == .removed, names.contains(outcome.assessment.lock.name)) {
        case (true, true):
          LockOutcome(
            decision: outcome.decision, kind: .failed,
            reason: "it was removed, and the storage still lists it")
        case (false, false) where outcome.mayBeGone:
          LockOutcome(
            decision: outcome.decision, kind: .removed,
            reason: "\(outcome.assessment.rule) (the answer to its removal did not come, and it is gone)")
        default: outcome
        }
      }
      findSightings(in: after, &work)
      report.sightings = work.sightings
      report.head = work.head
    } catch {
      report.troubles.append("the repository could not be looked at again: \(error)")
    }
  }

  private func findSightings(in inspection: Inspection, _ work: inout Work) {
    let found = HolderWatch(removed: work.removed, earlierNames: work.earlierNames, known: work.sightings)
      .sightings(in: inspection)
    for sighting in found {
      work.sightings.append(sighting)
      do {
        if let writer { work.head = try writer.record(sighting, in: inspection, now: now()) }
      } catch {
        work.troubles.append("the sighting of a removed lock's holder could not be recorded: \(error)")
      }
    }
  }
}

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
    // Twice the hour that counts: a clock may have been set back meanwhile.
    let history = try JournalHistory(writer.journal, since: now().adding(seconds: -7200))
    let sightings = history.sightings(in: inspection, now: now())
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
    var work = UnlockRun(inspection: inspection, request: request, targets: targets)
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
    if !targets.isEmpty { await lookAgain(&report, &work) }
    report.troubles += work.troubles
    return report
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

  private func remove(_ batch: [RemovalDecision], _ work: inout UnlockRun) async throws -> [LockOutcome] {
    let held = await concurrentMap(batch, width: ReadingLimits.concurrentRequests) { await hold($0) }
    var outcomes = held.compactMap(\.outcome)
    let announcements = held.compactMap(\.announcement)
    guard !announcements.isEmpty else { return outcomes }
    if let writer {
      work.head = try await writer.announce(
        announcements, in: work.inspection, newestNames: work.watchedNames,
        besideNames: work.besideNames, version: work.request.version, now: now())
      work.besideNames = []
    }
    // Not beside the writing, which a slow disk may draw out: a holder could write a lock meanwhile.
    let dealtWith = await removeAnnounced(announcements, after: await secondLook(work), &work)
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

  /// Lists once more: what is reported as removed must be gone, and no removed lock's holder may be writing.
  private func lookAgain(_ report: inout UnlockReport, _ work: inout UnlockRun) async {
    do {
      let session = session
      // Also after an interruption: the report should say what is there.
      let after = try await Task { try await session.look(identifies: true) }.value
      report.after = after
      let names = Set(after.assessments.map(\.lock.name))
      let told = report.outcomes
      report.outcomes = report.outcomes.map { outcome in
        outcome.corrected(isListed: names.contains(outcome.assessment.lock.name))
      }
      recordCorrections(zip(told, report.outcomes).filter { $0.kind != $1.kind }.map(\.1), &work)
      findSightings(in: after, &work)
      report.sightings = work.sightings
      report.head = work.head
    } catch {
      report.troubles.append("the repository could not be looked at again: \(error)")
    }
  }

  private func recordCorrections(_ outcomes: [LockOutcome], _ work: inout UnlockRun) {
    guard let writer, !outcomes.isEmpty else { return }
    do {
      work.head = try writer.conclude(outcomes, now: now())
    } catch {
      work.troubles.append("what became of the removals could not be recorded: \(error)")
    }
  }

  func findSightings(in inspection: Inspection, _ work: inout UnlockRun) {
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

internal import HostFacts
internal import ResticFormat
internal import ResticStorage

/// From the bytes that go into the journal to the deletion of a file that still has them.
extension Unlocker {
  /// Deletions between two questions whether the look before them has grown old.
  private static let chunkLength = 256

  struct Held: Sendable {
    var announcement: JournalWriter.Announcement?
    var outcome: LockOutcome?
  }

  /// Takes hold of the bytes that were judged; those that the first look did not keep are read again.
  func hold(_ decision: RemovalDecision) async -> Held {
    let lock = decision.assessment.lock
    if let bytes = lock.content {
      return Held(announcement: JournalWriter.Announcement(decision: decision, bytes: bytes))
    }
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

  private func sinceBoot() -> Double { surroundings.clock.read().sinceBootSeconds }

  func secondLook(_ run: UnlockRun) async -> Result<SecondLook, any Error> {
    let takenAtSeconds = sinceBoot()
    do {
      let inspection = try await session.look(identifies: true)
      return .success(SecondLook(inspection, takenAtSeconds: takenAtSeconds, of: run))
    } catch {
      return .failure(error)
    }
  }

  /// Removes, with the journal written, what still stands as it was decided; looks once more whenever the writing or
  /// the deletions take so long that the look has grown old.
  func removeAnnounced(
    _ announcements: [JournalWriter.Announcement], after firstLook: Result<SecondLook, any Error>,
    _ work: inout UnlockRun
  ) async -> [LockOutcome] {
    var outcomes: [LockOutcome] = []
    var newest = firstLook
    if case .success(let look) = newest { findSightings(in: look.inspection, &work) }
    for start in stride(from: 0, to: announcements.count, by: Self.chunkLength) {
      if case .success(let look) = newest,
        sinceBoot() - look.takenAtSeconds > ReadingLimits.listingAgeSeconds
      {
        newest = await secondLook(work)
        if case .success(let look) = newest { findSightings(in: look.inspection, &work) }
      }
      let look: SecondLook
      switch newest {
      case .success(let success): look = success
      case .failure(let error):
        let kind: LockOutcome.Kind = Task.isCancelled ? .kept : .failed
        return outcomes
          + announcements[start...].map {
            LockOutcome(
              decision: $0.decision, kind: kind,
              reason: "the repository could not be looked at again before the removal: \(error)")
          }
      }
      let chunk = Array(announcements[start..<min(start + Self.chunkLength, announcements.count)])
      let stopReason = work.mustStop ? work.stopReason : nil
      let done = await concurrentMap(chunk, width: ReadingLimits.concurrentRequests) { announcement in
        let decision = announcement.decision
        if let stopReason { return LockOutcome(decision: decision, kind: .kept, reason: stopReason) }
        if let objection = look.objection(to: decision) { return objection }
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
}

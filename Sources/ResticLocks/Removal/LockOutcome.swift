/// What became of one file that a run of `unlock` decided about.
package struct LockOutcome: Sendable {
  package enum Kind: String, Sendable {
    case removed
    case kept
    /// Somebody else removed it.
    case vanished
    case failed
  }

  package let decision: RemovalDecision
  package let kind: Kind
  /// Why it was kept or failed; what a removal rests on.
  package let reason: String
  /// It was asked for and no answer came: the file is gone, or may go yet.
  package var mayBeGone = false

  package var assessment: Assessment { decision.assessment }

  /// What it comes to once the storage has said whether it still lists the file.
  func corrected(isListed: Bool) -> LockOutcome {
    switch (kind, isListed) {
    case (.removed, true):
      LockOutcome(
        decision: decision, kind: .failed,
        reason: "it was removed, and the storage still lists it", mayBeGone: true)
    case (.vanished, true):
      LockOutcome(
        decision: decision, kind: .failed,
        reason: "the storage says that it is not there, and lists it all the same: "
          + "only the storage's own tools can clear that up")
    case (.kept, false) where mayBeGone, (.failed, false) where mayBeGone:
      LockOutcome(
        decision: decision, kind: .removed,
        reason: "\(assessment.rule) (the answer to its removal did not come, and it is gone)")
    default: self
    }
  }
}

/// A holder whose lock was removed, and who wrote another one.
package struct HolderSighting: Sendable {
  package enum Kind: String, Sendable {
    /// It lives: the removal was wrong.
    case alarm
    /// It may be a new run: containers repeat names and PIDs.
    case notice
  }

  package let kind: Kind
  package let removedName: String
  package let newLock: Assessment
  package let reason: String
}

/// What a run of `unlock` did.
package struct UnlockReport: Sendable {
  package let before: Inspection
  /// `nil` where nothing was changed, so that nothing was looked at again.
  package var after: Inspection?
  package var outcomes: [LockOutcome]
  package var sightings: [HolderSighting] = []
  package var isDryRun = false
  package var wasInterrupted = false
  package var head: JournalHead?
  /// What went wrong beside single locks: an outcome that could not be recorded, a last look that failed.
  package var troubles: [String] = []

  /// What a run would do that changes nothing.
  package init(dryRun inspection: Inspection, _ request: UnlockRequest) {
    let outcomes = UnlockPlan(inspection, request).decisions.map { decision in
      switch decision.kind {
      case .remove: LockOutcome(decision: decision, kind: .removed, reason: decision.assessment.rule)
      case .keep(let reason), .notSelected(let reason):
        LockOutcome(decision: decision, kind: .kept, reason: reason)
      }
    }
    self.init(before: inspection, outcomes: outcomes)
    isDryRun = true
  }

  init(before: Inspection, outcomes: [LockOutcome]) {
    self.before = before
    self.outcomes = outcomes
  }

  /// What is in the way of restic's commands afterwards, or would be after a run that changes nothing.
  package var remainingObstacles: [LockObstacle] {
    guard isDryRun else { return final.obstacles }
    return outcomes.filter { $0.kind != .removed }.map(\.assessment.lock.obstacle)
  }

  package func count(_ kind: LockOutcome.Kind) -> Int { outcomes.count { $0.kind == kind } }
  package var hasAlarm: Bool { sightings.contains { $0.kind == .alarm } }
  /// The state that the report ends with.
  package var final: Inspection { after ?? before }
}

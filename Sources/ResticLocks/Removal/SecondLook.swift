/// What a look right before deletions says about the decisions.
struct SecondLook: Sendable {
  let takenAtSeconds: Double
  let inspection: Inspection
  private let decisions: [String: RemovalDecision]
  /// Holders that have written a lock since the decision.
  private let newHolders: Set<LineageKey>

  init(_ inspection: Inspection, takenAtSeconds: Double, of run: UnlockRun) {
    self.takenAtSeconds = takenAtSeconds
    self.inspection = inspection
    let plan = UnlockPlan(inspection, run.request)
    decisions = Dictionary(plan.decisions.map { ($0.assessment.lock.name, $0) }) { first, _ in first }
    let newLocks = inspection.assessments.filter { !run.earlierNames.contains($0.lock.name) }
    newHolders = Set(newLocks.compactMap(\.lock.lineageKey))
  }

  /// Why a lock that was to go stays or need not go.
  func objection(to decision: RemovalDecision) -> LockOutcome? {
    guard let second = decisions[decision.assessment.lock.name] else {
      return LockOutcome(
        decision: decision, kind: .vanished, reason: "it was gone when it was looked at again")
    }
    if let key = decision.assessment.lock.lineageKey, decision.ground != .forced, newHolders.contains(key) {
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
}

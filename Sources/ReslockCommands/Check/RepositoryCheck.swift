internal import ResticFormat
internal import ResticLocks

/// What `check` found in one repository.
struct RepositoryCheck: Sendable {
  let inspection: Inspection
  let rules: CheckRules
  /// One for each operation asked about, in their order.
  let checks: [OperationCheck]

  /// - Throws: `ResticOperationError` where the version lacks an operation.
  init(_ inspection: Inspection, _ rules: CheckRules) throws(ResticOperationError) {
    self.inspection = inspection
    self.rules = rules
    var checks: [OperationCheck] = []
    for operation in rules.operations {
      checks.append(try OperationCheck(operation, in: inspection, version: rules.version))
    }
    self.checks = checks
  }

  /// Without the password it is known for certain only of operations that any lock blocks.
  var isComplete: Bool { inspection.isComplete }
  var runnable: [OperationCheck] { checks.filter { !$0.isBlocked } }
  /// Blocked by living holders who have not been at it for long.
  var borne: [OperationCheck] { checks.filter { $0.isBlocked && rules.bears($0) } }
  var blocked: [OperationCheck] { checks.filter { $0.isBlocked && !rules.bears($0) } }
  var attention: [Assessment] { inspection.assessments.filter(\.needsAttention) }

  var status: ExitStatus {
    if !isComplete { return .wrongPassword }
    if !blocked.isEmpty { return .locked }
    return rules.isStrict && !attention.isEmpty ? .needsAttention : .done
  }

  var lockCount: Int { inspection.assessments.count { $0.verdict != .debris } }
  var staleCount: Int { inspection.assessments.count { $0.verdict?.isStale == true } }
  var oldestUnrefreshedSeconds: Double? {
    inspection.assessments.compactMap { $0.silence?.age?.seconds }.max()
  }
  /// How long the locks in the way have been held, as far as it is known; `nil` where there are none.
  var heldSeconds: Double? { checks.flatMap(\.blockers).compactMap(\.heldSeconds).max() }

  var nagiosState: NagiosState {
    if !isComplete { return .unknown }
    let blockers = blocked.flatMap(\.blockers)
    if blockers.contains(where: Self.staysByItself) { return .critical }
    if blockers.contains(where: { ($0.heldSeconds ?? 0) >= rules.criticalAgeSeconds }) { return .critical }
    return blocked.isEmpty && attention.isEmpty ? .ok : .warning
  }

  /// A holder that is gone removes nothing, and what is no lock has none; an uncertain one is settled by later looks.
  private static func staysByItself(_ assessment: Assessment) -> Bool {
    switch assessment.verdict {
    case .dead, .superseded, .expired, .damaged, .unreadable, .empty: true
    case .held, .fresh, .uncertain, .debris, nil: false
    }
  }
}

internal import HostFacts
internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// What a person can do about each lock, and what would do harm.
struct Advice {
  /// In the order of urgency, one sentence each.
  let lines: [String]

  private let userID: UInt32

  init(_ inspection: Inspection, userID: UInt32) {
    self.userID = userID
    var lines: [String] = []
    for assessment in inspection.assessments.prefix(Self.lineLimit) {
      if let line = Self.advice(on: assessment) { lines.append("\(HolderText.shortID(assessment.lock))  \(line)") }
    }
    let rest = inspection.assessments.count - Self.lineLimit
    if rest > 0 { lines.append("… and \(rest) more: see reslock list") }
    if let warning = Self.warning(inspection, userID: userID) { lines.append(warning) }
    self.lines = lines
  }

  private static let lineLimit = 10

  private static func advice(on assessment: Assessment) -> String? {
    switch assessment.verdict {
    case .held: heldAdvice(assessment)
    case .dead, .superseded, .expired: goneAdvice(assessment)
    case .uncertain, .fresh:
      if let change = assessment.nextChange {
        "wait for its holder; \(change.condition), it counts as \(change.verdict.rawValue) from \(change.at.localText)"
      } else {
        "wait for its holder"
      }
    case .damaged:
      "restic unlock leaves it; once nothing else holds a lock, delete the file locks/\(assessment.lock.name)"
    case .unreadable: "make the file readable for this user, or look again as the user who runs restic"
    case .empty: "nothing, unless restic 0.15.0 or older is used here: to those it is damaged"
    case .debris, nil: nil
    }
  }

  private static func heldAdvice(_ assessment: Assessment) -> String {
    guard let process = assessment.evidence?.process.process else { return "wait for its holder" }
    let pid = process.hostPID
    var advice = "wait for process \(pid)"
    if let running = process.runningSeconds { advice += " (running for \(AgeText.text(seconds: running)))" }
    if process.state?.isStopped == true {
      return advice + "; it is stopped: let it go on with kill -CONT \(pid)"
    }
    return advice + ", or end it with kill -INT \(pid) so that it removes its lock itself"
  }

  private static func goneAdvice(_ assessment: Assessment) -> String {
    guard let decision = ResticUnlockForecast.decision(on: assessment, rule: .meant) else {
      return "its holder is gone"
    }
    return decision.removes
      ? "its holder is gone; restic unlock removes it"
      : "its holder is gone, but restic unlock would keep it: \(decision.reason)"
  }

  /// restic's own unlock may take a lock whose holder lives: say so before somebody runs it.
  private static func warning(_ inspection: Inspection, userID: UInt32) -> String? {
    let endangered = inspection.assessments.filter { assessment in
      guard assessment.verdict == .held || assessment.verdict == .fresh || assessment.verdict == .uncertain else {
        return false
      }
      return ResticUnlockForecast.decision(on: assessment, rule: .asImplemented)?.removes ?? false
    }
    guard !endangered.isEmpty else { return nil }
    let names = endangered.prefix(lineLimit).map { HolderText.shortID($0.lock) }.joined(separator: ", ")
    return "warning: restic unlock, run here by this user, would remove \(names), whose holder may be alive"
  }
}

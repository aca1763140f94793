internal import HostFacts
internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// What a person can do about each lock, and what would do harm.
struct Advice {
  /// Locks with the same advice share a line; a warning comes last.
  let lines: [String]

  private static let lineLimit = 10

  init(_ inspection: Inspection) {
    var groups: [(advice: String, locks: [LockFile])] = []
    for assessment in inspection.assessments {
      guard let advice = Self.advice(on: assessment) else { continue }
      if let index = groups.firstIndex(where: { $0.advice == advice }) {
        groups[index].locks.append(assessment.lock)
      } else if groups.count < Self.lineLimit {
        groups.append((advice, [assessment.lock]))
      }
    }
    lines = groups.map { "\(ShortIDs.text($0.locks))  \($0.advice)" } + Self.warnings(inspection)
  }

  private static func advice(on assessment: Assessment) -> String? {
    let mayLive = [Verdict.held, .fresh, .uncertain].contains(assessment.verdict)
    if !assessment.lock.isRegularFile, assessment.verdict != .debris, !mayLive {
      return "it is no regular file, as restic never makes one: look what it is, and remove it by hand"
    }
    return switch assessment.verdict {
    case .held: heldAdvice(assessment)
    case .dead, .superseded, .expired: goneAdvice(assessment)
    case .uncertain, .fresh:
      "wait for its holder" + (assessment.nextChange.map { "; \(NextChangeText.sentence($0))" } ?? "")
    case .damaged:
      "restic unlock leaves it; reslock unlock --damaged removes it once it has been there unchanged for half an hour"
    case .unreadable: "make the file readable for this user, or look again as the user who runs restic"
    case .empty: "nothing, unless restic 0.15.0 or older is used here: to those it is damaged"
    case .debris, nil: nil
    }
  }

  private static func heldAdvice(_ assessment: Assessment) -> String {
    guard let evidence = assessment.evidence?.process, let process = evidence.process else {
      return "wait for its holder"
    }
    let pid = process.hostPID
    // A signal to a process that only may be the holder could end a stranger.
    guard evidence.holder != nil else {
      return "wait for its holder; whether process \(pid) is it, reslock can tell as root"
    }
    let purpose = assessment.purpose.flatMap { $0.confidence == .certain ? "restic \($0.operation)" : nil }
    let running = process.runningSeconds.map { "running for \(AgeText.text(seconds: $0))" }
    let known = [purpose, running].compactMap(\.self)
    var advice = "wait for process \(pid)"
    if !known.isEmpty { advice += " (\(known.joined(separator: ", ")))" }
    // What runs as PID 1 is an init or takes a whole container with it.
    guard pid > 1 else { return advice }
    if process.state?.isStopped == true {
      return advice + "; it is stopped: let it go on with kill -CONT \(pid)"
    }
    return advice + ", or end it with kill -INT \(pid) so that it removes its lock itself"
  }

  private static func goneAdvice(_ assessment: Assessment) -> String {
    // Silence is no proof of death, and a person should read which of the two it is.
    let holder = assessment.verdict == .expired ? "its holder is taken for gone" : "its holder is gone"
    let advice = "\(holder); reslock unlock removes it"
    guard let decision = ResticUnlockForecast.decision(on: assessment, rule: .meant), !decision.removes
    else { return advice }
    return "\(advice), and restic unlock would keep it: \(decision.reason)"
  }

  /// restic's own unlock may take a lock whose holder lives: say so before somebody runs it.
  private static func warnings(_ inspection: Inspection) -> [String] {
    let endangered = inspection.assessments.filter { assessment in
      guard assessment.verdict == .held || assessment.verdict == .fresh || assessment.verdict == .uncertain
      else {
        return false
      }
      return ResticUnlockForecast.decision(on: assessment, rule: .asImplemented)?.removes ?? false
    }
    guard !endangered.isEmpty else { return [] }
    return [
      "warning: restic unlock, run here by this user, would remove \(ShortIDs.text(endangered.map(\.lock))), "
        + "though the holder may be alive"
    ]
  }
}

internal import HostFacts
internal import ResticFormat
internal import WallTime

/// Judges a lock as `restic unlock` of the newest version is meant to, for comparison (`--rules restic`).
enum ResticRules {
  static func judge(
    _ lock: LockFile, _ record: LockRecord, _ evidence: LockEvidence, signalZero: PIDFacts.SignalZero
  ) -> Assessment {
    // A misnamed lock never loads in restic, however sound its content is.
    if let defect = lock.defect { return LockJudge.judge(lock, defect: defect) }
    let ageSeconds = evidence.clock.now.secondsSince(record.time.instant)
    let decision = ResticUnlockRule.meant.decision(
      on: .readable(
        ageSeconds: ageSeconds, isOurHost: record.hostname == evidence.host.ownName, pid: record.pid,
        process: answer(signalZero)))
    let verdict: Verdict =
      if decision.removes {
        ageSeconds > ResticUnlockRule.staleAfterSeconds ? .expired : .dead
      } else {
        signalZero == .noSuchProcess || !evidence.host.isOurs ? .fresh : .held
      }
    return Assessment(
      lock: lock, evidence: evidence, verdict: verdict,
      rule: decision.removes ? "restic unlock would remove it" : "restic unlock would keep it",
      reasons: [decision.reason])
  }

  private static func answer(_ signalZero: PIDFacts.SignalZero) -> ResticUnlockRule.ProcessAnswer {
    switch signalZero {
    case .exists: .exists
    case .notPermitted: .notPermitted
    case .noSuchProcess: .noSuchProcess
    case .notAsked, .undecided: .notAsked
    }
  }
}

internal import HostFacts
internal import ResticFormat
internal import WallTime

/// Judges a lock as `restic unlock` of the newest version is meant to, for comparison (`--rules restic`).
enum ResticRules {
  static func judge(
    _ lock: LockFile, _ record: LockRecord, _ evidence: LockEvidence
  ) -> Assessment {
    // A misnamed lock never loads in restic, however sound its content is.
    if let defect = lock.defect { return LockJudge.judge(lock, defect: defect) }
    let ageSeconds = evidence.clock.now.secondsSince(record.time.instant)
    let decision = ResticUnlockRule.meant.decision(
      on: .readable(
        ageSeconds: ageSeconds, isOurHost: evidence.host.isOwnName, pid: record.pid,
        process: ResticUnlockForecast.answer(evidence)))
    let verdict: Verdict =
      if decision.removes {
        ageSeconds > ResticUnlockRule.staleAfterSeconds ? .expired : .dead
      } else {
        // restic knows no aliases of this machine.
        evidence.host.isOwnName ? .held : .fresh
      }
    return Assessment(
      lock: lock, evidence: evidence, verdict: verdict,
      rule: decision.removes ? "restic unlock would remove it" : "restic unlock would keep it",
      reasons: [decision.reason])
  }
}

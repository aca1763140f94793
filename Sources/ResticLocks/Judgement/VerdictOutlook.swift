internal import HostFacts
internal import WallTime

/// What time alone will make of a lock that is not refreshed any more.
enum VerdictOutlook {
  /// The soonest verdict that would allow its removal, or `nil` where time alone changes nothing.
  static func nextChange(of verdict: Verdict, _ evidence: LockEvidence) -> NextChange? {
    guard verdict == .fresh || verdict == .uncertain else { return nil }
    var candidates: [NextChange] = []
    if evidence.process.isDeadWhenSilent {
      candidates += changes(to: .dead, beyond: LockTimings.processSilenceSeconds, evidence)
    }
    candidates += changes(to: .expired, beyond: LockTimings.staleSeconds, evidence)
    return candidates.min { $0.at < $1.at }
  }

  private static func changes(
    to verdict: Verdict, beyond limitSeconds: Double, _ evidence: LockEvidence
  ) -> [NextChange] {
    let now = evidence.clock.now
    let silence = evidence.silence
    var changes = [
      NextChange(
        verdict: verdict, at: now.adding(seconds: limitSeconds - (silence.observed?.atLeastSeconds ?? 0)),
        condition: .stillThere)
    ]
    // A listing that did not have it beats the clocks until it is as old itself.
    let youthSeconds = silence.observed?.atMostSeconds.map { limitSeconds - $0 } ?? 0
    let sound = [silence.lockTime, silence.storage].compactMap { $0 }.filter(\.isSound)
    if sound.count == 2 {
      let waitSeconds = sound.map { limitSeconds + ($0.uncertaintySeconds ?? 0) - $0.seconds }.max() ?? 0
      changes.append(
        NextChange(
          verdict: verdict, at: now.adding(seconds: max(0, waitSeconds, youthSeconds)),
          condition: .notRefreshed))
    }
    return changes
  }
}

internal import HostFacts
package import ResticFormat
internal import WallTime

/// Gives a lock its verdict: the rules of DESIGN "Verdicts", top to bottom, the first that applies.
package enum LockJudge {
  /// Judges a lock whose content could be read, by its evidence.
  package static func judge(_ lock: LockFile, _ evidence: LockEvidence) -> Assessment {
    let rules = [held, dead, superseded, expired, uncertain]
    for rule in rules {
      if let finding = rule(evidence) { return assessment(lock, evidence, finding) }
    }
    return assessment(lock, evidence, fresh(evidence))
  }

  /// Judges a file that shows no lock record, by what is wrong with it; `silence` is how long it has been there unchanged.
  package static func judge(_ lock: LockFile, defect: LockDefect, silence: Silence? = nil) -> Assessment {
    let (verdict, rule): (Verdict, String) =
      switch defect.kind {
      case .stray: (.debris, "restic does not take it for a lock")
      case .empty: (.empty, "restic 0.15.1 and later ignore empty lock files")
      case .unreadable: (.unreadable, "it is listed and its bytes can't be had: restic fails on it")
      default: (.damaged, "it was read twice and is no lock: restic fails on it")
      }
    return Assessment(
      lock: lock, verdict: verdict, rule: rule, reasons: [defect.message], fileSilence: silence)
  }

  /// A lock that was not opened, because no password was given.
  package static func unopened(_ lock: LockFile) -> Assessment {
    Assessment(
      lock: lock, verdict: nil, rule: "it was not opened",
      reasons: ["without the password, only its size and file time are known"])
  }

  struct Finding {
    let verdict: Verdict
    let rule: String
    let reasons: [String]
    var isStuck = false
  }

  private static func assessment(_ lock: LockFile, _ evidence: LockEvidence, _ finding: Finding) -> Assessment
  {
    var reasons = finding.reasons
    reasons += seenBefore(evidence)
    if let defect = lock.defect { reasons.append(defect.message) }
    reasons += evidence.silence.notes.filter { !reasons.contains($0) }
    return Assessment(
      lock: lock, evidence: evidence, verdict: finding.verdict, rule: finding.rule, reasons: reasons,
      isStuck: finding.isStuck, nextChange: VerdictOutlook.nextChange(of: finding.verdict, evidence))
  }

  /// Since when its holder has had a lock, where that is longer than this one tells.
  private static func seenBefore(_ evidence: LockEvidence) -> [String] {
    guard let seconds = evidence.lineage.firstSeenSecondsAgo,
      seconds > evidence.silence.observed?.atLeastSeconds ?? 0
    else { return [] }
    let since = evidence.clock.now.adding(seconds: -seconds)
    return [
      "its holder has been seen by us since \(UnixTime(seconds: since.seconds).rfc3339), for "
        + "\(AgeText.text(seconds: seconds)), with a lock at every look"
    ]
  }

  static func held(_ evidence: LockEvidence) -> Finding? {
    let silence = evidence.silence
    if evidence.process.state == .alive {
      let isStuck = silence.isUncontradicted(beyond: LockTimings.refreshDeadlineSeconds)
      var reasons = evidence.process.reasons
      if let started = evidence.process.process?.started, let lockTime = evidence.lockTime,
        started.secondsSince(lockTime) > LockTimings.startTolerance
      {
        reasons.append(
          "that process started \(AgeText.text(seconds: started.secondsSince(lockTime))) after the lock's last "
            + "refresh by today's clock: it may be a younger one with the same PID")
      }
      if isStuck {
        reasons.append(
          "it has not refreshed its lock for \(SilenceText.longest(silence)), and restic does so every 5 minutes: "
            + "it is stuck, suspended or stopped")
      }
      return Finding(
        verdict: .held, rule: "its process is alive on this machine", reasons: reasons, isStuck: isStuck)
    }
    // The refresh proves life at that moment only: silence since then counts like any other.
    if let seen = evidence.lineage.refreshSeenSecondsAgo, seen <= LockTimings.staleSeconds {
      let isStuck = seen > LockTimings.refreshDeadlineSeconds
      var reasons = [
        "it appeared in the place of an older lock of the same holder \(AgeText.text(seconds: seen)) ago"
      ]
      if isStuck {
        reasons.append(
          "it was not refreshed since, and restic does so every 5 minutes: its holder is stuck, suspended, stopped or gone"
        )
      }
      return Finding(
        verdict: .held, rule: "its holder was seen refreshing", reasons: reasons, isStuck: isStuck)
    }
    return nil
  }

  static func dead(_ evidence: LockEvidence) -> Finding? {
    let process = evidence.process
    let isSilent = evidence.silence.isShownTwice(beyond: LockTimings.processSilenceSeconds)
    switch process.state {
    case .absent:
      if evidence.locality?.isLocal == true, !evidence.host.isWidelyShared {
        return Finding(
          verdict: .dead, rule: "its process is gone and only this machine can write to the repository",
          reasons: process.reasons + ["the repository lies on a file system local to this machine"])
      }
      guard isSilent else { return nil }
      return Finding(
        verdict: .dead, rule: "its process is gone and it was silent for more than 10 minutes",
        reasons: process.reasons + [
          SilenceText.shown(evidence.silence, beyond: LockTimings.processSilenceSeconds)
        ])
    case .other:
      guard isSilent, process.isDeadWhenSilent, let after = process.startedAfterLockSeconds else {
        return nil
      }
      return Finding(
        verdict: .dead,
        rule:
          "its PID belongs to something younger that is not restic, and it was silent for more than 10 minutes",
        reasons: process.reasons + [
          "that started \(AgeText.text(seconds: after)) after the lock's last refresh",
          SilenceText.shown(evidence.silence, beyond: LockTimings.processSilenceSeconds),
        ])
    case .alive, .unknown, .notHere: return nil
    }
  }

  static func superseded(_ evidence: LockEvidence) -> Finding? {
    let silence = evidence.silence
    guard let newer = evidence.lineage.siblings.last(where: { $0.isNewer && !$0.mayBeYoung }) else {
      return nil
    }
    if silence.isShownTwice(beyond: LockTimings.refreshDeadlineSeconds) {
      return Finding(
        verdict: .superseded, rule: "its holder's newer lock took its place",
        reasons: [
          "\(newer.id.short) of the same holder is newer",
          SilenceText.shown(silence, beyond: LockTimings.refreshDeadlineSeconds),
        ])
    }
    if silence.isObserved(beyond: LockTimings.processSilenceSeconds),
      let watched = silence.observed?.atLeastSeconds,
      let replaced = newer.refreshSeenSecondsAgo, replaced < watched
    {
      return Finding(
        verdict: .superseded, rule: "its holder's newer lock was seen refreshing while this one stayed",
        reasons: [
          "\(newer.id.short) of the same holder was refreshed \(AgeText.text(seconds: replaced)) ago, and "
            + "this one was seen unchanged for \(AgeText.text(seconds: watched))"
        ])
    }
    return nil
  }

  static func expired(_ evidence: LockEvidence) -> Finding? {
    guard evidence.silence.isSettled else { return nil }
    return Finding(
      verdict: .expired, rule: "it was not refreshed for more than 30 minutes, and that is settled",
      reasons: [
        SilenceText.shown(evidence.silence, beyond: LockTimings.staleSeconds),
        "this rests on silence alone: a suspended client would lose its run, and restic before 0.15 would go on without a lock",
      ] + processRemark(evidence))
  }

  static func uncertain(_ evidence: LockEvidence) -> Finding? {
    let silence = evidence.silence
    guard silence.isClaimed(beyond: LockTimings.staleSeconds) else { return nil }
    var reasons = [SilenceText.claims(silence)]
    if !evidence.soundness.isSound { reasons.append(evidence.soundness.explanation) }
    if let lockTime = silence.lockTime, let storage = silence.storage,
      lockTime.isBeyond(LockTimings.staleSeconds), storage.seconds <= LockTimings.staleSeconds
    {
      reasons.append(
        "the file is younger than the time inside it: the writer's clock is slow, the file was copied, or restic is "
          + "0.9.6 or older, which did not update the time")
    }
    return Finding(
      verdict: .uncertain, rule: "it may be older than 30 minutes, but that is not settled",
      reasons: reasons + processRemark(evidence))
  }

  static func fresh(_ evidence: LockEvidence) -> Finding {
    Finding(
      verdict: .fresh, rule: "nothing says that it is older than 30 minutes: its holder is presumed alive",
      reasons: [SilenceText.claims(evidence.silence)] + processRemark(evidence))
  }

  /// What the process table said where it did not decide.
  private static func processRemark(_ evidence: LockEvidence) -> [String] { evidence.process.reasons }
}

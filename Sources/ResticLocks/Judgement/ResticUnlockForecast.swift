internal import HostFacts
internal import ResticFormat
internal import WallTime

/// What `restic unlock`, run here and now, would do with an assessed lock.
package enum ResticUnlockForecast {
  /// `nil` where nothing is known of the lock.
  package static func decision(
    on assessment: Assessment, rule: ResticUnlockRule
  ) -> ResticUnlockRule.Decision? {
    guard let record = assessment.lock.record, assessment.lock.defect == nil else {
      return assessment.lock.defect.map { rule.decision(on: $0.kind == .empty ? .empty : .unusable) }
    }
    guard let evidence = assessment.evidence else { return nil }
    return rule.decision(
      on: .readable(
        ageSeconds: evidence.clock.now.secondsSince(record.time.instant),
        isOurHost: evidence.host.isOwnName, pid: record.pid, process: answer(evidence)))
  }

  static func answer(_ evidence: LockEvidence) -> ResticUnlockRule.ProcessAnswer {
    switch evidence.process.signalZero {
    case .exists: .exists
    case .notPermitted: .notPermitted
    case .noSuchProcess: .noSuchProcess
    case .notAsked, .undecided, nil: .notAsked
    }
  }
}

package import WallTime

/// A lock, its evidence, its verdict and its reasons.
///
/// A class, as it is large, and lists of thousands are filtered and handed on.
package final class Assessment: Sendable {
  package let lock: LockFile
  /// `nil` where there is nothing to weigh: stray, empty, unreadable and damaged files, and locks without a key.
  package let evidence: LockEvidence?
  /// `nil` where the lock was not opened for want of a password.
  package let verdict: Verdict?
  /// The rule that gave the verdict, in one sentence.
  package let rule: String
  /// What the verdict rests on, one sentence each.
  package let reasons: [String]
  /// Alive but not refreshing.
  package let isStuck: Bool
  /// What time alone will change, and when.
  package let nextChange: NextChange?
  /// How long the file has been there unchanged, where it holds no lock to weigh evidence for.
  package let fileSilence: Silence?

  /// How long it has been silent; `nil` where the file was not opened.
  package var silence: Silence? { evidence?.silence ?? fileSilence }

  package init(
    lock: LockFile, evidence: LockEvidence? = nil, verdict: Verdict?, rule: String, reasons: [String],
    isStuck: Bool = false, nextChange: NextChange? = nil, fileSilence: Silence? = nil
  ) {
    self.lock = lock
    self.evidence = evidence
    self.verdict = verdict
    self.rule = rule
    self.reasons = reasons
    self.isStuck = isStuck
    self.nextChange = nextChange
    self.fileSilence = fileSilence
  }
}

/// A verdict that a lock gets by itself if it is not refreshed until then.
package struct NextChange: Hashable, Sendable {
  package let verdict: Verdict
  package let at: UnixTime
  package let condition: Condition

  package enum Condition: String, Sendable {
    /// The clocks alone will say it.
    case notRefreshed = "not_refreshed"
    /// Another look has to find it there, because this one is remembered and no clock is needed then.
    case stillThere = "still_there"
  }

  package init(verdict: Verdict, at: UnixTime, condition: Condition) {
    self.verdict = verdict
    self.at = at
    self.condition = condition
  }
}

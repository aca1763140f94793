package import WallTime

/// One conclusion about what happened, with what it rests on.
package struct Finding: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Two holders were at work whose locks exclude each other.
    case forbiddenOverlap = "forbidden_overlap"
    /// A holder went on after its lock was gone.
    case continuedAfterRemoval = "continued_after_removal"
    /// A lock was removed although its holder may have lived.
    case riskyRemoval = "risky_removal"
    /// Locks that the rules call stale were removed.
    case removal
    /// Something wrote a snapshot without taking a lock.
    case snapshotWithoutLock = "snapshot_without_lock"
    /// A snapshot began before or ended after what is known of its lock.
    case snapshotAcrossLock = "snapshot_across_lock"
    /// A holder was silent for longer than restic's refreshes allow.
    case silenceGap = "silence_gap"
    /// A host's clock and the storage's do not agree.
    case clockSkew = "clock_skew"
    /// The lock is not as a restic wrote it.
    case damagedLock = "damaged_lock"
    case emptyLock = "empty_lock"
    case unreadableLock = "unreadable_lock"
    case strayFile = "stray_file"
    /// Many locks of one holder were left behind.
    case leftovers
    /// A lock whose holder is gone.
    case staleLock = "stale_lock"
    /// A lock that is in the way of another that is there all the same.
    case besideLeftover = "beside_leftover"
    /// A log tells of a failure over a lock.
    case logFailure = "log_failure"
  }

  package enum Severity: String, Sendable, CaseIterable, Comparable {
    case alarm, warning, notice

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    private var rank: Int { self == .alarm ? 0 : self == .warning ? 1 : 2 }
  }

  package enum Confidence: String, Sendable, CaseIterable { case certain, likely, possible }

  package let kind: Kind
  package let severity: Severity
  package let confidence: Confidence
  /// One line.
  package let title: String
  /// What it means, in a few sentences.
  package let explanation: String
  /// What it rests on, a sentence each.
  package var evidence: [String]
  /// What would have to be known to be sure; empty where nothing is missing.
  package var unknown: String
  package var lockNames: [String]
  package var snapshotIDs: [String]
  package let from: UnixTime?
  package let to: UnixTime?

  package init(
    _ kind: Kind, _ severity: Severity, _ confidence: Confidence, title: String, explanation: String,
    evidence: [String], unknown: String = "", lockNames: [String] = [], snapshotIDs: [String] = [],
    from: UnixTime? = nil, to: UnixTime? = nil
  ) {
    self.kind = kind
    self.severity = severity
    self.confidence = confidence
    self.title = title
    self.explanation = explanation
    self.evidence = evidence
    self.unknown = unknown
    self.lockNames = lockNames
    self.snapshotIDs = snapshotIDs
    self.from = from
    self.to = to
  }

  /// More evidence lines than a person reads are counted.
  static let evidenceLimit = 20

  static func limited(_ lines: [String]) -> [String] {
    lines.count <= evidenceLimit
      ? lines
      : Array(lines.prefix(evidenceLimit - 1)) + ["and \(lines.count - evidenceLimit + 1) more like these"]
  }
}

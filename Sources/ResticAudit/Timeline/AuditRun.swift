package import ResticFormat
package import ResticLocks
package import WallTime

/// The locks of one holder and kind that one run is taken to have written, one after the other.
package struct AuditRun: Sendable {
  /// A lock of it, placed on the storage's clock.
  package struct Sign: Sendable {
    package let lockIndex: Int
    package let time: UnixTime
  }

  package enum Relation: String, Sendable { case inside, across }

  package let number: Int
  package let key: LineageKey
  package let record: LockRecord
  /// Oldest first, never empty.
  package let signs: [Sign]
  package let start: UnixTime
  package let lastSign: UnixTime
  package let presentCount: Int
  /// How its last lock went.
  package let removed: AuditedLock.Removal?
  package internal(set) var snapshots: [(index: Int, relation: Relation)] = []
  /// The end of a snapshot that it wrote after its last sign.
  package internal(set) var lastWork: UnixTime?
  package internal(set) var purpose: Purpose?

  package var name: String { "R\(number)" }
  package var isExclusive: Bool { key.isExclusive }
  package var holder: String { ReportText.holder(record) }
  /// Until when it was at work, as far as anything shows.
  package var knownEnd: UnixTime { max(lastSign, lastWork ?? lastSign) }

  /// What the lock was for.
  package struct Purpose: Sendable {
    package let text: String
    package let confidence: Finding.Confidence
    package let basis: String
  }
}

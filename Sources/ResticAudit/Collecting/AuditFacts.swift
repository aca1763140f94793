package import LockFailureLogs
package import ResticLocks
package import WallTime

/// Everything that was collected, before anything is concluded from it.
package struct AuditFacts: Sendable {
  package var clocks: AuditedClocks
  /// `user@host` of whoever made the audit.
  package var auditor = ""
  package var location = ""
  package var repositoryName: String?
  package var repositoryID: String?
  package var repositoryVersion: Int?
  package var configSHA256: String?
  package var config: [UInt8]?
  package var configModified: UnixTime?
  package var locks: [AuditedLock] = []
  package var vanishedNames: [String] = []
  package var snapshots: [AuditedSnapshot] = []
  package var keys: [AuditedKey] = []
  package var listings: [AuditedListing] = []
  package var removals: [JournalRemoval] = []
  package var alarms: [(removed: String, seen: String, time: UnixTime)] = []
  package var journalPath: String?
  package var logs: LogFindings?
  package var logNames: [String] = []
  package var history = History.none
  /// What could not be read, one sentence each.
  package var missing: [String] = []
  /// Something that should have been readable was not, for want of more than a password.
  package var hasFailures = false
  package var isWithoutKey = false

  package init(clocks: AuditedClocks) { self.clocks = clocks }

  /// What is known of locks that are gone.
  package enum History: String, Sendable {
    /// The storage keeps no past versions, or we can't read them there.
    case none
    /// It keeps some, or they could not all be read.
    case partial
    /// Every lock of the past is here.
    case complete

    var words: String {
      switch self {
      case .none: "the storage keeps none"
      case .partial: "what the storage kept of them, or let us read"
      case .complete: "all that the storage ever kept"
      }
    }
  }

  package func listing(_ folder: String) -> AuditedListing? { listings.first { $0.folder == folder } }

  package mutating func note(missing sentence: String, isFailure: Bool = true) {
    if isFailure { hasFailures = true }
    if missing.count < AuditLimits.remarkCount {
      missing.append(sentence)
    } else if missing.count == AuditLimits.remarkCount {
      missing.append("and more that could not be read")
    }
  }
}

package import ResticFormat
package import ResticLocks
package import WallTime

/// One file of `locks/`, there now or once, with all that is known of it.
package struct AuditedLock: Sendable {
  /// Where it is known from.
  package enum Origin: Hashable, Sendable {
    /// It is there now.
    case repository
    /// The storage keeps this version of it.
    case version(String)
    /// The journal has its bytes, as this entry removed it.
    case journal(sequence: Int64)
    /// An earlier evidence bundle lists it.
    case earlier

    package var name: String {
      switch self {
      case .repository: "repository"
      case .version: "version"
      case .journal: "journal"
      case .earlier: "earlier_bundle"
      }
    }
  }

  package let name: String
  package let id: ObjectID?
  package let origin: Origin
  package let byteCount: Int64
  /// The storage's modification time.
  package let modified: UnixTime?
  /// `nil` where the bytes were not read.
  package let sha256: String?
  /// `nil` where the bytes were not read, or were too many to keep.
  package let bytes: [UInt8]?
  package let record: LockRecord?
  package let defect: LockDefect?
  /// What a file with a wrong authentication code says; nothing vouches for it.
  package let unauthenticated: LockRecord?
  /// `nil` for locks that are gone, and without a key.
  package let verdict: Verdict?
  package let rule: String
  package let reasons: [String]
  /// What runs as the holder on this machine now.
  package let holderCommand: [String]?
  /// When it went; `nil` while it is there, and where nobody knows.
  package let removed: Removal?

  package init(
    name: String, id: ObjectID?, origin: Origin, byteCount: Int64, modified: UnixTime?, sha256: String?,
    bytes: [UInt8]? = nil, record: LockRecord? = nil, defect: LockDefect? = nil,
    unauthenticated: LockRecord? = nil, verdict: Verdict? = nil, rule: String = "", reasons: [String] = [],
    holderCommand: [String]? = nil, removed: Removal? = nil
  ) {
    self.name = name
    self.id = id
    self.origin = origin
    self.byteCount = byteCount
    self.modified = modified
    self.sha256 = sha256
    self.bytes = bytes
    self.record = record
    self.defect = defect
    self.unauthenticated = unauthenticated
    self.verdict = verdict
    self.rule = rule
    self.reasons = reasons
    self.holderCommand = holderCommand
    self.removed = removed
  }

  package var isPresent: Bool { origin == .repository }
  package var shortName: String { id?.short ?? ReportText.short(name, 24) }

  /// How a lock went.
  package struct Removal: Hashable, Sendable {
    package let time: UnixTime
    /// Who asked for it, where that is known.
    package let by: String?
    package let ground: Ground

    package enum Ground: String, Sendable {
      case verdict, damaged, forced
      /// The storage tells that it was deleted, and not why.
      case deletion
    }

    package init(time: UnixTime, by: String?, ground: Ground) {
      self.time = time
      self.by = by
      self.ground = ground
    }
  }
}

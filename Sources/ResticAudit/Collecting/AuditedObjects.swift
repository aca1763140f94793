package import ResticFormat
package import WallTime

/// A snapshot, as far as it says who ran when.
package struct AuditedSnapshot: Sendable {
  package let id: ObjectID
  package let modified: UnixTime?
  package let byteCount: Int64
  package let record: SnapshotRecord

  package init(id: ObjectID, modified: UnixTime?, byteCount: Int64, record: SnapshotRecord) {
    self.id = id
    self.modified = modified
    self.byteCount = byteCount
    self.record = record
  }
}

/// The public part of a key file.
package struct AuditedKey: Sendable {
  package let id: String
  package let modified: UnixTime?
  package let byteCount: Int64
  package let created: String?
  package let username: String?
  package let hostname: String?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  package let parameters: (N: Int, r: Int, p: Int)?
  /// What is wrong with it.
  package let problem: String?
  /// The whole file with its salt and sealed key, where the user wants it in the evidence.
  package let bytes: [UInt8]?
}

/// Both sides' clocks when the audit was made.
package struct AuditedClocks: Sendable {
  package let now: UnixTime
  /// What speaks for this machine's clock, in one sentence.
  package let soundness: String
  package let isSound: Bool
  package let uncertaintySeconds: Double?
  /// The storage's clock minus ours; `nil` where it has none of its own.
  package let storageOffsetSeconds: Double?

  package init(
    now: UnixTime, soundness: String, isSound: Bool, uncertaintySeconds: Double? = nil,
    storageOffsetSeconds: Double? = nil
  ) {
    self.now = now
    self.soundness = soundness
    self.isSound = isSound
    self.uncertaintySeconds = uncertaintySeconds
    self.storageOffsetSeconds = storageOffsetSeconds
  }
}

/// A listed folder: how much was in it, and when.
package struct AuditedListing: Sendable {
  package let folder: String
  package let entryCount: Int
  package let byteCount: Int64
  package let lastChange: UnixTime?
  package let oldest: UnixTime?
  package let newest: UnixTime?

  package init(
    folder: String, entryCount: Int, byteCount: Int64, lastChange: UnixTime?, oldest: UnixTime?,
    newest: UnixTime?
  ) {
    self.folder = folder
    self.entryCount = entryCount
    self.byteCount = byteCount
    self.lastChange = lastChange
    self.oldest = oldest
    self.newest = newest
  }
}

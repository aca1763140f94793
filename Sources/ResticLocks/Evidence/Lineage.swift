package import ResticFormat

/// The name that all locks of one holder and kind share; a name, not an identity.
///
/// Containers share host names and PIDs, and `restic copy` within one repository holds two locks at once.
package struct LineageKey: Hashable, Sendable {
  // Bytes, as Swift calls two spellings of one accented letter equal, and they are two holders.
  package let hostname: [UInt8]
  package let username: [UInt8]
  package let pid: Int64
  package let uid: UInt32
  package let gid: UInt32
  package let isExclusive: Bool

  package init(_ record: LockRecord) {
    hostname = Array(record.hostname.utf8)
    username = Array(record.username.utf8)
    pid = record.pid
    uid = record.uid
    gid = record.gid
    isExclusive = record.isExclusive
  }
}

/// Another lock of the same holder and kind, as far as it matters to this one.
package struct LineageSibling: Hashable, Sendable {
  package let id: ObjectID
  package let silence: Silence
  /// Written after this lock by the lock's own `time` and by the storage's time, both of them.
  package let isNewer: Bool
  /// When a refresh brought this sibling in the place of another lock: seconds ago, by the boot clock.
  package let refreshSeenSecondsAgo: Double?

  package init(id: ObjectID, silence: Silence, isNewer: Bool, refreshSeenSecondsAgo: Double? = nil) {
    self.id = id
    self.silence = silence
    self.isNewer = isNewer
    self.refreshSeenSecondsAgo = refreshSeenSecondsAgo
  }

  /// Whether it may have been written within the last two minutes: some basis says so, or none that counts denies it.
  ///
  /// A client that wakes from suspension writes a new lock and then looks for its old one.
  package var mayBeYoung: Bool {
    let limit = LockTimings.refreshWindowSeconds
    if silence.isObserved(beyond: limit) { return false }
    if silence.isObserved(younger: limit) || !silence.futureBases.isEmpty { return true }
    let clocks = [silence.lockTime, silence.storage].compactMap { $0 }
    guard !clocks.isEmpty, clocks.allSatisfy({ $0.isBeyond(limit) }) else { return true }
    // An unsound clock counts from a day on, here as elsewhere.
    return !clocks.allSatisfy(\.isSound) && !clocks.contains { $0.isBeyond(LockTimings.singleBasisSeconds) }
  }
}

/// What a lock's lineage tells about it.
package struct LineageEvidence: Hashable, Sendable {
  /// The newest other locks of the same holder and kind, oldest first.
  package var siblings: [LineageSibling]
  /// How many others there are in all.
  package var siblingCount: Int
  /// When this very lock was seen to appear in the place of an older one: seconds ago, by the boot clock.
  package var refreshSeenSecondsAgo: Double?
  /// When we first saw a lock of this holder and kind, which had one at every look since: seconds ago, by the boot clock.
  package var firstSeenSecondsAgo: Double?

  package init(
    siblings: [LineageSibling] = [], siblingCount: Int? = nil, refreshSeenSecondsAgo: Double? = nil,
    firstSeenSecondsAgo: Double? = nil
  ) {
    self.siblings = siblings
    self.siblingCount = siblingCount ?? siblings.count
    self.refreshSeenSecondsAgo = refreshSeenSecondsAgo
    self.firstSeenSecondsAgo = firstSeenSecondsAgo
  }
}

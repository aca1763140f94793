/// What reading a repository may take, whatever the repository holds.
package enum ReadingLimits {
  /// Entries of one folder.
  package static let listing = 200_000
  /// A lock has a few hundred bytes; restic writes none near this.
  package static let lockByteCount = 1 << 20
  /// A lock up to this size keeps its bytes, which are about as many as its decoded record takes.
  package static let keptLockByteCount = 1 << 10
  package static let keyFileByteCount = 1 << 20
  package static let configByteCount = 1 << 20
  /// Bytes of locks held while the key is derived; what goes beyond is read afterwards.
  package static let prefetchByteCount: Int64 = 32 << 20
  /// Requests under way at once.
  package static let concurrentRequests = 16
  /// Key files that restic tries before it gives up.
  package static let keyAttempts = 20
  /// A listing older than this when its locks are judged is taken again.
  package static let listingAgeSeconds: Double = 10
  /// How often a listing that changes while it is read is taken again.
  package static let listingRounds = 5
  /// How often content that changes while it is read is read again.
  package static let contentReadings = 4
  /// Two equal readings this far apart show that content is what it is.
  package static let rereadDelay: Duration = .seconds(1)
}

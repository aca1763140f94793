package import ResticFormat

/// What one file in `locks/` is to restic's conflict check, which ignores age, host and process.
package enum LockObstacle: Sendable, Hashable {
  /// A lock that restic can read, stale or not.
  case readable(ObjectID, exclusive: Bool)
  /// A file with the name of a lock that restic can't load: damaged, or its bytes can't be had.
  case unusable(ObjectID)
  /// A file of zero bytes with the name of a lock.
  case empty(ObjectID)
  /// A name that is not 64 hexadecimal digits; restic doesn't list it.
  case notALock
}

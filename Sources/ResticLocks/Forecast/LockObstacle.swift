package import ResticFormat

/// What one file in `locks/` is to restic's conflict check, which ignores age, host and process.
package enum LockObstacle: Sendable, Hashable {
  /// A lock that restic can read, stale or not.
  case readable(ObjectID, exclusive: Bool)
  /// A file with the name of a lock that restic can't load: damaged, or its bytes can't be had.
  ///
  /// Also 64 digits with capitals among them: restic lists such a file and then opens the name in lower case, which
  /// is another one where the storage tells them apart.
  case unusable(ObjectID)
  /// A file of zero bytes with the name of a lock.
  case empty(ObjectID)
  /// A name that is not 64 hexadecimal digits, of either case; restic doesn't list it.
  case notALock
}

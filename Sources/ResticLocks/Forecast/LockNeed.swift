/// The lock that an operation of restic takes before it starts.
package enum LockNeed: String, Sendable, Hashable, CaseIterable {
  /// It runs whatever lies in `locks/`.
  case none
  /// restic's non-exclusive lock: blocked by an exclusive one.
  case shared
  /// Blocked by any lock.
  case exclusive
}

/// What `--no-lock` does to an operation.
package enum NoLockEffect: Sendable, Hashable {
  /// The flag is accepted and changes nothing.
  case ignored
  /// The operation takes no lock.
  case runsUnlocked
  /// restic ends with a usage error.
  case refused
}

/// A way to get a blocked operation to run; cases in order from the shortest.
package enum WayOut: String, Sendable, Hashable, CaseIterable {
  /// The operation takes `--no-lock`, and then runs at once.
  case runWithoutLock
  /// Wait for the holder, or remove the lock when its holder is gone.
  case waitOrUnlock
  /// Remove the lock files that restic can't load; plain `restic unlock` leaves them.
  case removeDamaged
}

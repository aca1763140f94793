/// The spans of time, in seconds, that restic's behaviour and reslock's caution give meaning to.
///
/// Source: restic's lock refresh (`internal/repository/lock.go`): a new file every 5 minutes, the holder gives up
/// when 22.5 minutes passed without one, and `unlock` calls a lock stale after 30 minutes.
package enum LockTimings {
  package static let refreshIntervalSeconds: Double = 5 * 60
  /// A holder that could not refresh for this long stops its work (restic 0.15 and later).
  package static let refreshDeadlineSeconds: Double = 22.5 * 60
  /// Silence beyond this is what restic calls stale.
  package static let staleSeconds: Double = 30 * 60
  /// One basis alone, even an unsound one, is believed from here on when no other contradicts it.
  package static let singleBasisSeconds: Double = 24 * 60 * 60
  /// The silence wanted beside a missing process where its absence alone is not proof.
  package static let processSilenceSeconds: Double = 10 * 60
  /// A refresh is seen when the new file appears and the old one goes within this time.
  package static let refreshWindowSeconds: Double = 2 * 60
  /// A process that started this much after the lock's last refresh cannot have written it.
  package static let startTolerance: Double = 60
  /// A remote clock this near to ours shows that ours is sound.
  package static let clockAgreementSeconds: Double = 5 * 60
}

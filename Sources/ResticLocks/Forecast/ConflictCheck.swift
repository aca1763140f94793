internal import ResticFormat

/// restic's check for other locks (`checkForOtherLocks` in its lock code), version by version.
enum ConflictCheck {
  /// Whether a lock file that can't be loaded stops an operation.
  ///
  /// 0.8.2 began to, 0.9.0 took that back (restic#1652), 0.15.0 brought it for good (restic#2715).
  static let unusableLockBlocks = VersionTimeline(
    false,
    (since: ResticVersion(0, 8, 2), value: true),
    (since: ResticVersion(0, 9, 0), value: false),
    (since: ResticVersion(0, 15, 0), value: true))

  /// An empty file was a lock that can't be loaded until 0.15.1 passed over it (restic#4143).
  static let emptyLockBlocks = VersionTimeline(
    false,
    (since: ResticVersion(0, 8, 2), value: true),
    (since: ResticVersion(0, 9, 0), value: false),
    (since: ResticVersion(0, 15, 0), value: true),
    (since: ResticVersion(0, 15, 1), value: false))

  /// The exit code when another lock conflicts.
  static let conflictExitCode = VersionTimeline(1, (since: ResticVersion(0, 17, 0), value: 11))

  /// The exit code when a lock can't be loaded, in every version.
  static let unusableLockExitCode = 1

  /// How long restic tries a lock that it can't load: pauses of 5, 10 and 20 s from 0.17.1 (restic#5005),
  /// three attempts without a pause before.
  static let unusableLockDelaySeconds = VersionTimeline(0, (since: ResticVersion(0, 17, 1), value: 35))

  enum Effect: Equatable {
    case none
    case conflict(ObjectID)
    case unusable(ObjectID)
  }

  static func effect(of obstacle: LockObstacle, on need: LockNeed, in version: ResticVersion) -> Effect {
    if need == .none { return .none }
    switch obstacle {
    case .readable(let id, let exclusive): return exclusive || need == .exclusive ? .conflict(id) : .none
    case .unusable(let id): return unusableLockBlocks.value(in: version) ? .unusable(id) : .none
    case .empty(let id): return emptyLockBlocks.value(in: version) ? .unusable(id) : .none
    case .notALock: return .none
    }
  }
}

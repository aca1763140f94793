/// Where a measurement of silence comes from.
package enum SilenceBasis: String, Sendable, CaseIterable {
  /// Our clock against the `time` inside the lock.
  case lockTime = "lock_time"
  /// The storage's clock against the file's modification time.
  case storage
  /// Our own uninterrupted watching of the ID.
  case observed
}

/// How long since the last refresh, as one basis tells it.
package struct SilenceMeasurement: Hashable, Sendable {
  package let seconds: Double
  /// How far off `seconds` may be; `nil` where the clock is unsound and nobody knows.
  package let uncertaintySeconds: Double?
  /// Whether the clock behind it may be believed.
  package let isSound: Bool

  package init(seconds: Double, uncertaintySeconds: Double?, isSound: Bool) {
    self.seconds = seconds
    self.uncertaintySeconds = uncertaintySeconds
    self.isSound = isSound
  }

  /// Whether the silence is longer than `limitSeconds` even when the error goes the other way.
  package func isBeyond(_ limitSeconds: Double) -> Bool {
    seconds - (uncertaintySeconds ?? 0) > limitSeconds
  }
}

/// What our own watching tells of one ID, on a clock that only counts time since boot.
package struct ObservedSilence: Hashable, Sendable {
  /// Seconds between the first time we saw this ID and now: it has been silent at least so long.
  package let atLeastSeconds: Double
  /// Seconds since a listing that did not have this ID: it was written within that time.
  ///
  /// `nil` if no listing tells.
  package let atMostSeconds: Double?

  package init(atLeastSeconds: Double, atMostSeconds: Double? = nil) {
    self.atLeastSeconds = atLeastSeconds
    self.atMostSeconds = atMostSeconds
  }
}

/// Everything known about how long a lock has not been refreshed, and what may be concluded from it.
///
/// Watching gives bounds instead of a measurement: an ID first seen a minute ago may be a year old, so a short
/// `observed` never speaks for a lock's youth, while an earlier listing without the ID does.
package struct Silence: Hashable, Sendable {
  package var lockTime: SilenceMeasurement?
  package var storage: SilenceMeasurement?
  package var observed: ObservedSilence?
  /// Bases whose time lies in the future: they measure nothing, and they speak against believing a single clock.
  package var futureBases: Set<SilenceBasis>
  /// What was set aside or is missing, one sentence each.
  package var notes: [String]

  package init(
    lockTime: SilenceMeasurement? = nil, storage: SilenceMeasurement? = nil,
    observed: ObservedSilence? = nil, futureBases: Set<SilenceBasis> = [], notes: [String] = []
  ) {
    self.lockTime = lockTime
    self.storage = storage
    self.observed = observed
    self.futureBases = futureBases
    self.notes = notes
  }

  private var clocks: [SilenceMeasurement] { [lockTime, storage].compactMap { $0 } }

  /// Whether our own watching alone shows silence beyond `limitSeconds`.
  package func isObserved(beyond limitSeconds: Double) -> Bool {
    (observed?.atLeastSeconds ?? 0) > limitSeconds
  }

  /// Whether our own watching shows that the lock is younger than `limitSeconds`.
  package func isObserved(younger limitSeconds: Double) -> Bool {
    guard let atMost = observed?.atMostSeconds else { return false }
    return atMost <= limitSeconds
  }

  /// Whether two sound clocks, or watching alone, show silence beyond `limitSeconds`.
  ///
  /// Watching that shows the lock to be younger beats any clock.
  package func isShownTwice(beyond limitSeconds: Double) -> Bool {
    if isObserved(younger: limitSeconds) { return false }
    if isObserved(beyond: limitSeconds) { return true }
    return clocks.count { $0.isSound && $0.isBeyond(limitSeconds) } >= 2
  }

  /// Whether some basis, sound or not, says more than `limitSeconds`.
  package func isClaimed(beyond limitSeconds: Double) -> Bool {
    isObserved(beyond: limitSeconds) || clocks.contains { $0.seconds > limitSeconds }
  }

  /// Whether every basis that measures says more than `limitSeconds`, and at least one does.
  package func isUncontradicted(beyond limitSeconds: Double) -> Bool {
    futureBases.isEmpty && !isObserved(younger: limitSeconds)
      && clocks.allSatisfy { $0.isBeyond(limitSeconds) }
      && (!clocks.isEmpty || isObserved(beyond: limitSeconds))
  }

  /// Whether silence beyond restic's 30 minutes is settled (DESIGN "Evidence").
  ///
  /// Two sound bases say so, or watching does, or one basis says a whole day and nothing contradicts it.
  package var isSettled: Bool {
    if isShownTwice(beyond: LockTimings.staleSeconds) { return true }
    return clocks.contains { $0.isBeyond(LockTimings.singleBasisSeconds) }
      && isUncontradicted(beyond: LockTimings.staleSeconds)
  }

  /// The measurement to show to people: the lock's own time, else the file's, else the time we have watched it.
  package var age: (seconds: Double, basis: SilenceBasis, uncertaintySeconds: Double?)? {
    if let lockTime { return (lockTime.seconds, .lockTime, lockTime.uncertaintySeconds) }
    if let storage { return (storage.seconds, .storage, storage.uncertaintySeconds) }
    if let observed { return (observed.atLeastSeconds, .observed, 0) }
    return nil
  }
}

/// What a lock is found to be (DESIGN "Verdicts").
public enum Verdict: String, Sendable, CaseIterable {
  /// A stray name in `locks/`: not a lock to restic.
  case debris
  /// Zero bytes: restic 0.15.1 and later ignore it.
  case empty
  /// It is listed, and its bytes can't be had.
  case unreadable
  /// Hash, MAC, encoding or JSON fails: restic fails on it.
  case damaged
  /// Its holder lives.
  case held
  /// Its holder's process is gone from this machine.
  case dead
  /// Its holder has written a newer lock since.
  case superseded
  /// It was not refreshed for more than 30 minutes, and that is settled.
  case expired
  /// It may be older than 30 minutes, and that is not settled.
  case uncertain
  /// No basis says more than 30 minutes: its holder is presumed alive.
  case fresh

  /// What metrics and other tools call stale: the locks that `restic unlock` is meant for.
  public var isStale: Bool { self == .dead || self == .superseded || self == .expired }
}

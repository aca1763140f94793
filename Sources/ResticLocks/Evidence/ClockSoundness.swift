package import HostFacts

/// Whether this machine's clock may be believed, and on whose word.
package enum ClockSoundness: Hashable, Sendable {
  /// The kernel calls the clock synchronised; its own bound on the error, in seconds.
  case synchronised(maximumErrorSeconds: Double)
  /// A server's `Date` agrees with ours within five minutes; by how much it differs, in seconds.
  case agreesWithServer(differenceSeconds: Double)
  /// The user said so (`--trust-clock`).
  case declared
  /// Nothing speaks for it.
  case unsound

  /// Judges our clock by the kernel's word, a remote server's clock, or the user's.
  ///
  /// - Parameters:
  ///   - reading: our clock as it was read.
  ///   - serverOffsetSeconds: a remote server's `Date` minus our time; `nil` where no remote clock was seen.
  ///   - isDeclared: whether the user vouches for the clock.
  /// - Returns: the first of the three that speaks for the clock, or `.unsound`.
  package static func judge(
    _ reading: ClockReading, serverOffsetSeconds: Double? = nil, isDeclared: Bool = false
  ) -> ClockSoundness {
    if case .synchronised(let maximumErrorSeconds) = reading.synchronisation {
      return .synchronised(maximumErrorSeconds: maximumErrorSeconds)
    }
    if let serverOffsetSeconds, abs(serverOffsetSeconds) <= LockTimings.clockAgreementSeconds {
      return .agreesWithServer(differenceSeconds: abs(serverOffsetSeconds))
    }
    return isDeclared ? .declared : .unsound
  }

  package var isSound: Bool { self != .unsound }

  /// How far off the clock may be, in seconds; `nil` when nobody knows.
  package var uncertaintySeconds: Double? {
    switch self {
    case .synchronised(let maximumErrorSeconds): max(1, maximumErrorSeconds)
    case .agreesWithServer: LockTimings.clockAgreementSeconds
    case .declared: 1
    case .unsound: nil
    }
  }

  /// One sentence for people.
  package var explanation: String {
    switch self {
    case .synchronised: "the kernel calls this machine's clock synchronised"
    case .agreesWithServer: "this machine's clock agrees with the server's within 5 minutes"
    case .declared: "this machine's clock was declared sound"
    case .unsound: "nothing shows that this machine's clock is right: if it is, --trust-clock says so"
    }
  }
}

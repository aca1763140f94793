/// Whether something keeps the wall clock right, as the kernel was told by whatever does (adjtimex(2)).
package enum ClockSynchronisation: Hashable, Sendable {
  /// `maximumErrorSeconds` is the kernel's bound; it grows until the next correction, at most to 16 s.
  case synchronised(maximumErrorSeconds: Double)
  case unsynchronised
  /// The kernel would not say.
  case unknown
}

package import WallTime

/// Something that was seen while a repository was watched.
package struct ObservationEvent: Sendable {
  package enum Kind: String, Sendable {
    /// A lock of a holder that had none before.
    case new
    /// Its holder wrote it in the place of an older one: proof of life.
    case refreshed
    /// It went, and its holder wrote no other.
    case gone
    /// It was not refreshed for 22.5 minutes: a living restic would have stopped by now.
    case overdue
    /// Its verdict changed.
    case verdict
    /// A poll failed; the watch goes on.
    case pollFailed = "poll_failed"
    /// Nothing was seen for over 60 s, so that the silence counts from now.
    case gap
  }

  package let kind: Kind
  package let time: UnixTime
  /// `nil` for what is about no lock.
  package let assessment: Assessment?
  /// The lock that a refreshed one took the place of.
  package let replacedName: String?
  /// One sentence.
  package let text: String
}

package import WallTime

/// When a lock was written or last refreshed, by its writer's clock.
package struct LockTime: Hashable, Sendable {
  /// Exactly the text in the lock; ASCII.
  package let text: String
  package let instant: UnixTime

  package init(text: String, instant: UnixTime) {
    self.text = text
    self.instant = instant
  }

  /// Reads a time as restic reads it; `nil` for what it would refuse.
  package init?(parsing text: String) {
    guard let time = Array(text.utf8).withByteView({ GoTime.parse($0) }) else { return nil }
    self = time
  }

  /// Go's zero time, which restic reads where a lock has none.
  package static let missing = LockTime(
    text: "0001-01-01T00:00:00Z", instant: UnixTime(seconds: -62_135_596_800))
}

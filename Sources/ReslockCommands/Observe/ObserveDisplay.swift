#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import ResticLocks
internal import Synchronization
internal import WallTime

/// The locks as they are now, drawn over at each look; on a terminal only.
final class ObserveDisplay: Sendable {
  private let isShown: Bool
  private let drawnLineCount = Mutex(0)
  private static let lineLimit = 12

  /// A terminal without cursor movement, by its `TERM`, gets no display.
  init(isShown: Bool, term: String?) {
    let movesCursor = !["", "dumb"].contains(term ?? "")
    self.isShown = isShown && movesCursor && isatty(STDERR_FILENO) == 1
  }

  func show(_ inspection: Inspection, secondsLeft: Double) {
    guard isShown else { return }
    clear()
    var lines = ObserveText.table(
      Array(inspection.assessments.prefix(Self.lineLimit)), Terminal(usesColour: false))
    let hidden = inspection.assessments.count - Self.lineLimit
    if hidden > 0 { lines.append("and \(hidden) more") }
    lines.append("watching, \(AgeText.text(seconds: secondsLeft)) left")
    StandardStreams.show(lines.map { $0 + "\n" }.joined())
    drawnLineCount.withLock { $0 = lines.count }
  }

  func clear() {
    let count = drawnLineCount.withLock { count in
      defer { count = 0 }
      return count
    }
    if count > 0 { StandardStreams.show("\u{1b}[\(count)A\u{1b}[J") }
  }
}

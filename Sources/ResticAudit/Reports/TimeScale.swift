internal import WallTime

/// Where a time lies on the drawing: spans in which nothing happened are cut out, so that minutes stay visible beside
/// years.
struct TimeScale: Sendable {
  struct Segment: Sendable {
    let from: Double
    let to: Double
    let x: Double
    let width: Double
  }

  /// A span without a sign, drawn as a break.
  struct Break: Sendable {
    let x: Double
    let width: Double
    let seconds: Double
  }

  let segments: [Segment]
  let breaks: [Break]
  /// Times beyond what is drawn: a clock or a hand put them there.
  let outlierCount: Int

  private static let breakWidth = 34.0
  private static let breakLimit = 6
  private static let outlierSeconds: Double = 20 * 365 * 86_400

  /// A scale for the times, in seconds since 1970, at which something happened.
  init(_ times: [Double], now: Double, left: Double, width: Double) {
    let kept = (times + [now]).filter { abs($0 - now) <= Self.outlierSeconds }.sorted()
    outlierCount = times.count + 1 - kept.count
    let first = kept.first ?? now
    let last = max(kept.last ?? now, first + 60)
    let gaps = zip(kept, kept.dropFirst()).map { (from: $0, to: $1) }.sorted {
      $0.to - $0.from > $1.to - $1.from
    }
    var cuts: [(from: Double, to: Double)] = []
    var span = last - first
    for gap in gaps.prefix(Self.breakLimit) {
      let length = gap.to - gap.from
      guard length > span * 0.3, length > 1800 else { break }
      // A little of the span on both sides keeps marks away from the break.
      cuts.append(gap)
      span -= length
    }
    cuts.sort { $0.from < $1.from }
    let margin = max(span * 0.02, 60)
    var bounds: [(from: Double, to: Double)] = []
    var start = first - margin
    for cut in cuts {
      bounds.append((start, cut.from + margin))
      start = cut.to - margin
    }
    bounds.append((start, last + margin))
    let total = bounds.reduce(0) { $0 + ($1.to - $1.from) }
    let room = width - Double(cuts.count) * Self.breakWidth
    var x = left
    var segments: [Segment] = []
    var breaks: [Break] = []
    for (index, bound) in bounds.enumerated() {
      let share = room * (bound.to - bound.from) / max(total, 1)
      segments.append(Segment(from: bound.from, to: bound.to, x: x, width: share))
      x += share
      if index < cuts.count {
        breaks.append(Break(x: x, width: Self.breakWidth, seconds: cuts[index].to - cuts[index].from))
        x += Self.breakWidth
      }
    }
    self.segments = segments
    self.breaks = breaks
  }

  /// A scale for one window, without breaks.
  init(_ window: TimelineDrawing.Window, left: Double, width: Double) {
    segments = [Segment(from: window.from, to: window.to, x: left, width: width)]
    breaks = []
    outlierCount = 0
  }

  /// Times in a break lie at its near edge, times beyond the drawing at its end.
  func x(_ time: UnixTime) -> Double { x(seconds: Double(time.seconds) + Double(time.nanoseconds) / 1e9) }

  func x(seconds: Double) -> Double {
    var edge = segments.first?.x ?? 0
    for segment in segments {
      if seconds < segment.from { return edge }
      if seconds <= segment.to {
        return segment.x + segment.width * (seconds - segment.from) / max(segment.to - segment.from, 1)
      }
      edge = segment.x + segment.width
    }
    return edge
  }

  /// Round times to write below the drawing.
  func ticks(spacing: Double) -> [(x: Double, seconds: Int64, step: Int64)] {
    let width = segments.reduce(0) { $0 + $1.width }
    let span = segments.reduce(0) { $0 + ($1.to - $1.from) }
    guard width > 0, span > 0 else { return [] }
    let wanted = span / max(width / spacing, 1)
    let step = Self.steps.first { Double($0) >= wanted } ?? 365 * 86_400 * 10
    var ticks: [(x: Double, seconds: Int64, step: Int64)] = []
    for segment in segments {
      var second = Int64((segment.from / Double(step)).rounded(.up)) * step
      while Double(second) <= segment.to, ticks.count < 200 {
        ticks.append((x(seconds: Double(second)), second, step))
        second += step
      }
    }
    return ticks
  }

  private static let steps: [Int64] = [
    60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 2 * 86_400, 7 * 86_400, 14 * 86_400,
    30 * 86_400, 91 * 86_400, 182 * 86_400, 365 * 86_400, 730 * 86_400, 1826 * 86_400,
  ]
}

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted, and nanoseconds.
package struct UnixTime: Hashable, Comparable, Sendable {
  package let seconds: Int64
  /// 0 to 999,999,999.
  package let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
  }

  /// A time from fractional seconds since the epoch; out-of-range and non-finite values are clamped.
  package init(secondsSinceEpoch value: Double) {
    guard value.isFinite else {
      self.init(seconds: 0)
      return
    }
    let bounded = min(max(value, -1e14), 1e14)
    let whole = bounded.rounded(.down)
    self.init(seconds: Int64(whole), nanoseconds: Int32((bounded - whole) * 1e9))
  }

  package static func < (left: UnixTime, right: UnixTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  /// Seconds from `earlier` to this time; negative when `earlier` lies after it.
  package func secondsSince(_ earlier: UnixTime) -> Double {
    Double(seconds) - Double(earlier.seconds) + Double(nanoseconds - earlier.nanoseconds) / 1e9
  }

  package func adding(seconds offset: Double) -> UnixTime {
    guard offset.isFinite else { return self }
    let bounded = min(max(offset, -1e14), 1e14)
    let whole = bounded.rounded(.down)
    var total = seconds.addingReportingOverflow(Int64(whole)).partialValue
    var nanos = Int64(nanoseconds) + Int64((bounded - whole) * 1e9)
    if nanos >= 1_000_000_000 {
      total = total.addingReportingOverflow(1).partialValue
      nanos -= 1_000_000_000
    }
    return UnixTime(seconds: total, nanoseconds: Int32(nanos))
  }
}

internal import WallTime

/// A time as a log has it: a date and a time of day, with the offset from UTC where the log names one.
package struct LogTime: Hashable, Sendable {
  /// Seconds since 1970 of what the clock on the wall showed.
  package let wallSeconds: Int64
  package let nanoseconds: Int32
  package let offsetSeconds: Int?

  package init(wallSeconds: Int64, nanoseconds: Int32 = 0, offsetSeconds: Int?) {
    self.wallSeconds = wallSeconds
    self.nanoseconds = nanoseconds
    self.offsetSeconds = offsetSeconds
  }

  /// As seconds since 1970 in UTC; where no offset is known, as if it were zero.
  package var instant: Double { Double(wallSeconds) - Double(offsetSeconds ?? 0) + Double(nanoseconds) / 1e9 }

  /// RFC 3339, without an offset where none is known.
  package var text: String {
    let wall = UnixTime(seconds: wallSeconds, nanoseconds: nanoseconds).rfc3339.dropLast()
    guard let offsetSeconds else { return String(wall) }
    return wall + Self.offsetText(offsetSeconds)
  }

  /// `Z` or `+01:00`.
  package static func offsetText(_ offsetSeconds: Int) -> String {
    guard offsetSeconds != 0 else { return "Z" }
    let minutes = abs(offsetSeconds) / 60
    let hour = minutes / 60
    let minute = minutes % 60
    return "\(offsetSeconds < 0 ? "-" : "+")\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  /// Without digits that come from binary fractions rather than from a clock.
  var roundedToMilliseconds: LogTime {
    let milliseconds = (nanoseconds + 500_000) / 1_000_000
    return LogTime(
      wallSeconds: wallSeconds + Int64(milliseconds / 1000), nanoseconds: milliseconds % 1000 * 1_000_000,
      offsetSeconds: offsetSeconds)
  }

  func adding(seconds: Double) -> LogTime {
    let time = UnixTime(seconds: wallSeconds, nanoseconds: nanoseconds).adding(seconds: seconds)
    return LogTime(wallSeconds: time.seconds, nanoseconds: time.nanoseconds, offsetSeconds: offsetSeconds)
  }
}

/// The time at the front of a line, as complete as the line has it.
enum LineTime: Hashable, Sendable {
  case full(LogTime)
  /// As syslog writes it.
  case withoutYear(month: Int, day: Int, secondOfDay: Int64)
  case timeOfDay(secondOfDay: Int64, nanoseconds: Int32, offsetSeconds: Int?)

  /// The time that lies nearest to `reference`, where the line leaves date or year open.
  func completed(near reference: LogTime?) -> LogTime? {
    switch self {
    case .full(let time): return time
    case .withoutYear(let month, let day, let secondOfDay):
      guard let reference else { return nil }
      let year = 1970 + Int(Double(reference.wallSeconds) / 31_556_952)
      let candidates = (year - 1...year + 1).compactMap { year in
        CivilDate.days(year: year, month: month, day: day).map { $0 * 86_400 + secondOfDay }
      }
      guard let best = candidates.min(by: { distance($0, reference) < distance($1, reference) }) else {
        return nil
      }
      return LogTime(wallSeconds: best, offsetSeconds: nil)
    case .timeOfDay(let secondOfDay, let nanoseconds, let offsetSeconds):
      guard let reference else { return nil }
      // In the line's own offset, where both have one.
      let shift = offsetSeconds.flatMap { offset in reference.offsetSeconds.map { Int64(offset - $0) } } ?? 0
      let wall = reference.wallSeconds + shift
      let midnight = wall - ((wall % 86_400) + 86_400) % 86_400
      let candidates = [-86_400, 0, 86_400].map { midnight + $0 + secondOfDay }
      guard let best = candidates.min(by: { abs($0 - wall) < abs($1 - wall) }) else { return nil }
      return LogTime(wallSeconds: best, nanoseconds: nanoseconds, offsetSeconds: offsetSeconds)
    }
  }

  /// As people write it, for a time that could not be completed.
  var incompleteText: String {
    func clock(_ second: Int64) -> String {
      [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(
        separator: ":")
    }
    switch self {
    case .full(let time): return time.text
    case .withoutYear(let month, let day, let second):
      return "\(CivilDate.monthNames[max(min(month, 12), 1) - 1]) \(day) \(clock(second))"
    case .timeOfDay(let second, _, let offset):
      return clock(second) + (offset.map(LogTime.offsetText) ?? "")
    }
  }

  private func distance(_ wallSeconds: Int64, _ reference: LogTime) -> Int64 {
    abs(wallSeconds - reference.wallSeconds)
  }
}

enum CivilDate {
  static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Days from 1970-01-01; `nil` for a date that no calendar has.
  static func days(year: Int, month: Int, day: Int) -> Int64? {
    guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    // Years begin in March here, so that the leap day comes last.
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

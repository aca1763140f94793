internal import WallTime

/// The date of an HTTP answer in its one current form (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  static func parse(_ text: String) -> UnixTime? {
    let words = text.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
    guard words.count == 6, words[5] == "GMT", let day = number(words[1], 1...31),
      let month = months.firstIndex(of: String(words[2])), let year = number(words[3], 1970...9999)
    else { return nil }
    let clock = words[4].utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { Substring($0) }
    guard clock.count == 3, let hour = number(clock[0], 0...23), let minute = number(clock[1], 0...59),
      let second = number(clock[2], 0...60)
    else { return nil }
    return UnixTime(
      seconds: daysSinceEpoch(year, Int64(month) + 1, day) * 86_400 + hour * 3600 + minute * 60 + second)
  }

  /// The date as requests carry it, in whole seconds.
  static func text(_ time: UnixTime) -> String {
    // `2026-11-24T13:00:00Z`
    let parts = UnixTime(seconds: time.seconds).rfc3339.split { "-T:Z".contains($0) }.map(String.init)
    let days = (time.seconds - (time.seconds % 86_400 + 86_400) % 86_400) / 86_400
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int((days % 7 + 7) % 7)]
    guard parts.count == 6, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
    return "\(weekday), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
    guard !text.isEmpty, text.utf8.count <= 4, let value = UInt16(text), text.utf8.first != UInt8(ascii: "+"),
      range.contains(Int64(value))
    else { return nil }
    return Int64(value)
  }

  /// Counts years that begin on 1 March, so that the leap day is the last day of a year.
  static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}

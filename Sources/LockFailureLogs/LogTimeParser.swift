/// The times that logs put in front of their lines.
enum LogTimeParser {
  /// Takes a time from the front, whichever form it has.
  static func take(_ text: inout ArraySlice<UInt8>) -> LineTime? {
    takeDate(&text) ?? takeSyslog(&text) ?? takeTimeOfDayAlone(&text)
  }

  /// `2024-11-09T06:47:08.005Z`, `2024-11-09 06:47:08,123 +0100`, `2024/11/09 06:47:08`.
  static func takeDate(_ text: inout ArraySlice<UInt8>) -> LineTime? {
    var rest = text
    guard let year = rest.takeNumber(4...4), let separator = rest.first,
      separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/")
    else { return nil }
    rest = rest.dropFirst()
    guard let month = rest.takeNumber(2...2), rest.take(separator), let day = rest.takeNumber(2...2),
      rest.take(UInt8(ascii: "T")) || rest.take(UInt8(ascii: " ")) || rest.take(UInt8(ascii: "t")),
      let (second, nanoseconds) = takeClock(&rest),
      let days = CivilDate.days(year: Int(year), month: Int(month), day: Int(day))
    else { return nil }
    let offset = takeOffset(&rest)
    text = rest
    return .full(
      LogTime(wallSeconds: days * 86_400 + second, nanoseconds: nanoseconds, offsetSeconds: offset))
  }

  /// `Nov  9 06:47:08`, also with a year behind the day or the time, as some daemons write it.
  private static func takeSyslog(_ text: inout ArraySlice<UInt8>) -> LineTime? {
    var rest = text
    guard let month = CivilDate.monthNames.firstIndex(where: { rest.starts(with: $0.utf8) }) else {
      return nil
    }
    rest = rest.dropFirst(3)
    guard rest.take(UInt8(ascii: " ")) else { return nil }
    _ = rest.take(UInt8(ascii: " "))
    guard let day = rest.takeNumber(1...2), (1...31).contains(day), rest.take(UInt8(ascii: " ")) else {
      return nil
    }
    var year: Int64?
    var ahead = rest
    if let number = ahead.takeNumber(4...4), ahead.take(UInt8(ascii: " ")) {
      year = number
      rest = ahead
    }
    guard let (second, nanoseconds) = takeClock(&rest) else { return nil }
    text = rest
    if let year, let days = CivilDate.days(year: Int(year), month: month + 1, day: Int(day)) {
      return .full(LogTime(wallSeconds: days * 86_400 + second, nanoseconds: nanoseconds, offsetSeconds: nil))
    }
    return .withoutYear(month: month + 1, day: Int(day), secondOfDay: second)
  }

  private static func takeTimeOfDayAlone(_ text: inout ArraySlice<UInt8>) -> LineTime? {
    var rest = text
    guard let (second, nanoseconds) = takeClock(&rest) else { return nil }
    let offset = takeOffset(&rest)
    guard rest.first.map(isBlank) ?? true else { return nil }
    text = rest
    return .timeOfDay(secondOfDay: second, nanoseconds: nanoseconds, offsetSeconds: offset)
  }

  private static func takeClock(_ text: inout ArraySlice<UInt8>) -> (second: Int64, nanoseconds: Int32)? {
    guard let hour = text.takeNumber(2...2), hour < 24, text.take(UInt8(ascii: ":")),
      let minute = text.takeNumber(2...2), minute < 60, text.take(UInt8(ascii: ":")),
      let second = text.takeNumber(2...2), second <= 60
    else { return nil }
    var nanoseconds: Int32 = 0
    var ahead = text
    if ahead.take(UInt8(ascii: ".")) || ahead.take(UInt8(ascii: ",")) {
      let digits = ahead.prefix(12).prefix { isDecimal($0) }
      if !digits.isEmpty {
        var scale: Int32 = 100_000_000
        for digit in digits.prefix(9) {
          nanoseconds += Int32(digit - UInt8(ascii: "0")) * scale
          scale /= 10
        }
        text = ahead[digits.endIndex...]
      }
    }
    return (hour * 3600 + minute * 60 + second, nanoseconds)
  }

  /// `Z`, `+01:00`, `+0100`, also after one blank.
  private static func takeOffset(_ text: inout ArraySlice<UInt8>) -> Int? {
    var rest = text
    _ = rest.take(UInt8(ascii: " "))
    if rest.take(UInt8(ascii: "Z")) {
      if let next = rest.first, isLetter(next) { return nil }
      text = rest
      return 0
    }
    let sign = rest.first
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    rest = rest.dropFirst()
    guard let hour = rest.takeNumber(2...2), hour < 24 else { return nil }
    _ = rest.take(UInt8(ascii: ":"))
    guard let minute = rest.takeNumber(2...2), minute < 60 else { return nil }
    text = rest
    let seconds = Int(hour * 3600 + minute * 60)
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }
}

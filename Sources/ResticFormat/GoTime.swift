internal import WallTime

/// Go's `time.Time.UnmarshalJSON`, whose strict RFC 3339 checks are switched off (go.dev/issue/54580).
///
/// Accepted beyond RFC 3339:
/// - an hour of one digit
/// - a comma before the fraction
/// - any number of fraction digits, of which nine count
/// - offsets to `+24:60`
///
/// Refused: lower-case `t` and `z`, hour 24, second 60, a day that its month does not have.
///
/// Go 1.19 (restic 0.14) checks no range of the offset at all; this follows the newer ones.
enum GoTime {
  /// `raw` is what stands between the quotation marks, JSON escapes unresolved.
  static func parse(_ raw: ByteView) -> LockTime? {
    var parser = GoTimeParser(text: raw)
    guard let instant = parser.parse() else { return nil }
    return LockTime(text: raw.text, instant: instant)
  }
}

private struct GoTimeParser {
  let text: ByteView
  private var offset = 0

  init(text: ByteView) {
    self.text = text
  }

  mutating func parse() -> UnixTime? {
    guard let century = twoDigits(), let yearOfCentury = twoDigits(), take("-"),
      let month = twoDigits(), (1...12).contains(month), take("-"),
      let day = twoDigits(), take("T"),
      let hour = oneOrTwoDigits(), hour < 24, take(":"),
      let minute = twoDigits(), minute < 60, take(":"),
      let second = twoDigits(), second < 60
    else { return nil }
    let nanoseconds = fraction()
    guard let zone = zoneOffsetSeconds(), offset == text.count else { return nil }
    let year = century * 100 + yearOfCentury
    guard day >= 1, day <= Self.dayCount(ofMonth: month, year: year) else { return nil }
    let secondOfDay = (hour * 60 + minute) * 60 + second
    let days = Self.daysSinceEpoch(year: year, month: month, day: day)
    return UnixTime(seconds: Int64(days * 86_400 + secondOfDay - zone), nanoseconds: nanoseconds)
  }

  /// Nanoseconds of a fraction, if one stands here; a separator without a digit after it is left for the zone.
  private mutating func fraction() -> Int32 {
    guard text[offset] == UInt8(ascii: ".") || text[offset] == UInt8(ascii: ","), isDigit(text[offset + 1])
    else { return 0 }
    offset += 1
    var nanoseconds: Int32 = 0
    var digitCount = 0
    while let byte = text[offset], isDigit(byte) {
      if digitCount < 9 { nanoseconds = nanoseconds * 10 + Int32(byte - UInt8(ascii: "0")) }
      digitCount += 1
      offset += 1
    }
    while digitCount < 9 {
      nanoseconds *= 10
      digitCount += 1
    }
    return nanoseconds
  }

  private mutating func zoneOffsetSeconds() -> Int? {
    if take("Z") { return 0 }
    let isNegative = take("-")
    guard isNegative || take("+"), let hours = twoDigits(), hours <= 24, take(":"),
      let minutes = twoDigits(), minutes <= 60
    else { return nil }
    let seconds = (hours * 60 + minutes) * 60
    return isNegative ? -seconds : seconds
  }

  private mutating func twoDigits() -> Int? {
    guard let tens = digit(), let ones = digit() else { return nil }
    return tens * 10 + ones
  }

  private mutating func oneOrTwoDigits() -> Int? {
    guard let first = digit() else { return nil }
    guard let second = digit() else { return first }
    return first * 10 + second
  }

  private mutating func digit() -> Int? {
    guard let byte = text[offset], isDigit(byte) else { return nil }
    offset += 1
    return Int(byte - UInt8(ascii: "0"))
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = text[offset], UInt32(byte) == character.value else { return false }
    offset += 1
    return true
  }

  private static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar; the year is counted from March (years 0 to 9999).
  private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = (month <= 2 ? year - 1 : year) + 400
    let shiftedMonth = (month + 9) % 12
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
    let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
    return 365 * shiftedYear + leapDays + dayOfYear - 719_468 - 146_097
  }
}

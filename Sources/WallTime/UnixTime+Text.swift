#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension UnixTime {
  /// RFC 3339 in UTC with a `Z`, fraction digits only as far as they are not zero: `2026-11-22T19:54:01.5Z`.
  ///
  /// Years outside 0000 to 9999 are clamped to the nearest time that RFC 3339 can say.
  package var rfc3339: String {
    let clamped = min(max(seconds, -62_167_219_200), 253_402_300_799)
    let (days, secondOfDay) = Self.floorDivide(clamped, by: 86_400)
    let (year, month, day) = Self.civilDate(daysSinceEpoch: days)
    // Put together as bytes: documents of ten thousand locks hold many times.
    var text: [UInt8] = []
    text.reserveCapacity(30)
    func append(_ value: Int64, width: Int, before separator: Character? = nil) {
      let digits = String(value).utf8
      for _ in 0..<max(0, width - digits.count) { text.append(UInt8(ascii: "0")) }
      text += digits
      if let mark = separator?.asciiValue { text.append(mark) }
    }
    append(year, width: 4, before: "-")
    append(month, width: 2, before: "-")
    append(day, width: 2, before: "T")
    append(secondOfDay / 3600, width: 2, before: ":")
    append(secondOfDay / 60 % 60, width: 2, before: ":")
    append(secondOfDay % 60, width: 2)
    if nanoseconds > 0 {
      text.append(UInt8(ascii: "."))
      append(Int64(nanoseconds), width: 9)
      while text.last == UInt8(ascii: "0") { text.removeLast() }
    }
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// The machine's local time as restic prints it, with the zone's offset: `2026-11-22 20:54:01 +01:00`.
  ///
  /// Falls back to `rfc3339` where the C library cannot break the time down.
  package var localText: String {
    var value = time_t(clamping: seconds)
    var parts = tm()
    guard seconds > -62_135_596_800, seconds < 253_402_300_800, localtime_r(&value, &parts) != nil else {
      return rfc3339
    }
    let offsetMinutes = abs(parts.tm_gmtoff) / 60
    let sign = parts.tm_gmtoff < 0 ? "-" : "+"
    return Self.pad(Int64(parts.tm_year) + 1900, 4) + "-" + Self.pad(Int64(parts.tm_mon) + 1, 2) + "-"
      + Self.pad(Int64(parts.tm_mday), 2) + " " + Self.pad(Int64(parts.tm_hour), 2) + ":"
      + Self.pad(Int64(parts.tm_min), 2) + ":" + Self.pad(Int64(parts.tm_sec), 2) + " " + sign
      + Self.pad(Int64(offsetMinutes / 60), 2) + ":" + Self.pad(Int64(offsetMinutes % 60), 2)
  }

  private static func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// The proleptic Gregorian date of a day number.
  ///
  /// Counts in eras of 400 years that begin on 1 March, so that the leap day is the last day of a year.
  private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(daysSinceEpoch + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension time_t {
  fileprivate init(clamping value: Int64) { self = Int(value) }
}

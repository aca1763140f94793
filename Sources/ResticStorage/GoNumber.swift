/// Numbers as Go's `strconv` and `time` write them.
package enum GoNumber {
  /// Decimal, or with the prefix `0x`, `0o`, `0b` or `0` (octal); single underscores between digits
  /// (`strconv.ParseUint` with base 0 and 32 bits).
  static func uint32(_ text: String) -> UInt32? {
    let digits: Substring
    let radix: Int
    switch text.lowercased().utf8.prefix(2).map({ $0 }) {
    case Array("0x".utf8): (digits, radix) = (text.dropFirstByte(2), 16)
    case Array("0o".utf8): (digits, radix) = (text.dropFirstByte(2), 8)
    case Array("0b".utf8): (digits, radix) = (text.dropFirstByte(2), 2)
    default:
      let isOctal = text.utf8.count > 1 && text.begins(with: "0")
      (digits, radix) = isOctal ? (text.dropFirstByte(), 8) : (text[...], 10)
    }
    let hasPrefix = digits.startIndex != text.startIndex
    let groups = digits.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    // An underscore may follow the prefix, else it stands between digits.
    let empty = groups.dropFirst(hasPrefix && groups.count > 1 ? 1 : 0).contains(where: \.isEmpty)
    guard !empty, digits.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }) else {
      return nil
    }
    return UInt32(digits.filter { $0 != "_" }, radix: radix)
  }

  static func isDuration(_ text: String) -> Bool { durationSeconds(text) != nil }

  /// `0`, or decimal numbers with units in a row, perhaps signed: `1h30m`, `1.5s`, `-2ms` (`time.ParseDuration`).
  package static func durationSeconds(_ text: String) -> Double? {
    var rest = text[...]
    let isNegative = rest.begins(with: "-")
    if isNegative || rest.begins(with: "+") { rest = rest.dropFirstByte() }
    if rest == "0" { return 0 }
    guard !rest.isEmpty else { return nil }
    var seconds = 0.0
    while !rest.isEmpty {
      let digits = rest.utf8.prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
      guard digits.contains(where: \.isASCIIDigit), digits.count(where: { !$0.isASCIIDigit }) < 2,
        // Go takes `.5` and `5.`.
        let number = Double(
          digits.contains(UInt8(ascii: ".")) ? "0\(Substring(digits))0" : String(Substring(digits)))
      else { return nil }
      rest = rest[digits.endIndex...]
      let unit = rest.utf8.prefix { !$0.isASCIIDigit && $0 != UInt8(ascii: ".") }
      guard let unitSeconds = durationUnits[String(Substring(unit))] else { return nil }
      seconds += number * unitSeconds
      rest = rest[unit.endIndex...]
    }
    return isNegative ? -seconds : seconds
  }

  private static let durationUnits: [String: Double] = [
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600,
  ]
}

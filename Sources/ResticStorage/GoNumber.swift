/// Numbers as Go's `strconv` and `time` write them.
enum GoNumber {
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

  /// `0`, or decimal numbers with units in a row, perhaps signed: `1h30m`, `1.5s`, `-2ms` (`time.ParseDuration`).
  static func isDuration(_ text: String) -> Bool {
    var rest = text[...]
    if rest.begins(with: "-") || rest.begins(with: "+") { rest = rest.dropFirstByte() }
    if rest == "0" { return true }
    guard !rest.isEmpty else { return false }
    while !rest.isEmpty {
      let number = rest.utf8.prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
      guard number.contains(where: \.isASCIIDigit), number.count(where: { !$0.isASCIIDigit }) < 2 else {
        return false
      }
      rest = rest[number.endIndex...]
      let unit = rest.utf8.prefix { !$0.isASCIIDigit && $0 != UInt8(ascii: ".") }
      guard ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(String(Substring(unit))) else {
        return false
      }
      rest = rest[unit.endIndex...]
    }
    return true
  }
}

/// Reading of text as the kernel writes it: ASCII structure around bytes that anyone may have chosen.
package enum ByteText {
  /// A decimal number that fills `bytes` and fits; blanks around it are skipped.
  package static func decimal(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var rest = trimmed(bytes)
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    guard !rest.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in rest {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) = shifted.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflowed, !overflowedAgain else { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// Decimal numbers separated by blanks; `nil` when one of them is none, or there are none.
  package static func decimals(_ bytes: ArraySlice<UInt8>) -> [Int64]? {
    var numbers: [Int64] = []
    for field in bytes.split(whereSeparator: isBlank) {
      guard let number = decimal(field) else { return nil }
      numbers.append(number)
    }
    return numbers.isEmpty ? nil : numbers
  }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return rest
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte >= 9 && byte <= 13)
  }

  /// Text with one U+FFFD for each byte that is not UTF-8, as Go's JSON encoder writes it into a lock.
  package static func string(_ bytes: some Sequence<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    var iterator = bytes.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded): scalars.append(Unicode.UTF8.decode(encoded))
      case .error(let length):
        for _ in 0..<length { scalars.append("\u{FFFD}") }
      case .emptyInput: return String(scalars)
      }
    }
  }
}

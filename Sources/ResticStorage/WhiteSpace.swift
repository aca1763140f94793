/// White space as Go's `unicode.IsSpace` has it: the Unicode property White_Space.
package enum WhiteSpace {
  package static func contains(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  /// The part of UTF-8 text between its leading and trailing white space, as Go's `strings.TrimSpace` cuts it.
  ///
  /// Bytes that are not UTF-8 are no white space. The bytes are not copied.
  package static func trimmedRange<Bytes: RandomAccessCollection<UInt8>>(of bytes: Bytes) -> Range<Int>
  where Bytes.Index == Int {
    var lower = bytes.startIndex
    var upper = bytes.endIndex
    while let width = widths.first(where: { isSpace(bytes, lower..<min(lower + $0, upper), width: $0) }) {
      lower += width
    }
    while let width = widths.first(where: { isSpace(bytes, max(upper - $0, lower)..<upper, width: $0) }) {
      upper -= width
    }
    return lower..<upper
  }

  package static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: bytes[trimmedRange(of: bytes)], as: UTF8.self)
  }

  /// How many bytes a white space character takes in UTF-8.
  private static let widths = 1...3

  private static func isSpace<Bytes: RandomAccessCollection<UInt8>>(
    _ bytes: Bytes, _ range: Range<Int>, width: Int
  ) -> Bool where Bytes.Index == Int {
    guard range.count == width else { return false }
    let start = range.lowerBound
    switch width {
    case 1: return bytes[start] == 0x20 || (0x09...0x0d).contains(bytes[start])
    case 2: return bytes[start] == 0xc2 && (bytes[start + 1] == 0x85 || bytes[start + 1] == 0xa0)
    default:
      switch (bytes[start], bytes[start + 1], bytes[start + 2]) {
      case (0xe1, 0x9a, 0x80), (0xe2, 0x80, 0x80...0x8a), (0xe2, 0x80, 0xa8), (0xe2, 0x80, 0xa9),
        (0xe2, 0x80, 0xaf), (0xe2, 0x81, 0x9f), (0xe3, 0x80, 0x80):
        return true
      default: return false
      }
    }
  }
}

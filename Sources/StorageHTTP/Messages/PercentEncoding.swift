/// Percent escapes of URLs (RFC 3986).
enum PercentEncoding {
  /// Everything but letters, digits and `-._~` escaped, in capitals, and `/` too unless it `keepsSlashes`.
  static func encoded(_ text: String, keepsSlashes: Bool = false) -> String {
    escaped(text.utf8) { byte in
      isUnreserved(byte) || (keepsSlashes && byte == UInt8(ascii: "/"))
    }
  }

  /// A path that may hold escapes already, with only what can't stand in a request line escaped.
  static func completed(_ path: String) -> String {
    escaped(path.utf8) { isUnreserved($0) || "/?%:@!$&'()*+,;=".utf8.contains($0) }
  }

  /// `nil` when a percent sign is not followed by two hexadecimal digits.
  static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func escaped(_ bytes: String.UTF8View, _ isKept: (UInt8) -> Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      if isKept(byte) {
        text.append(byte)
      } else {
        text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-._~".utf8.contains(byte)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8(truncatingIfNeeded: $0) }
  }
}

/// A JSON document whose objects keep the order of their keys and say `null` where a value is not known.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Written with at most three fraction digits: everything we measure is coarser.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
  /// The text of another value, written once where it stands in many documents.
  case written([UInt8])

  package static func == (left: JSONValue, right: JSONValue) -> Bool { left.text == right.text }

  package static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
  package static func optional(_ value: Int64?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
  package static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
  package static func strings(_ values: some Sequence<String>) -> JSONValue {
    .array(values.map(JSONValue.string))
  }

  /// This value, its text worked out now.
  package var writtenOut: JSONValue {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return .written(bytes)
  }

  /// One line, without blanks.
  package var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text as UTF-8.
  package func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .number(let value): Self.write(value, to: &bytes)
    case .string(let value): Self.write(value, to: &bytes)
    case .written(let text): bytes += text
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  // JSON has no infinity; what is not finite is not known.
  private static func write(_ value: Double, to bytes: inout [UInt8]) {
    guard value.isFinite else {
      bytes += "null".utf8
      return
    }
    let rounded = (value * 1000).rounded() / 1000
    guard abs(rounded) < 1e15 else {
      bytes += String(value).utf8
      return
    }
    let thousandths = Int64((abs(rounded) * 1000).rounded())
    let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
    if rounded < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes += String(whole).utf8
    bytes.append(UInt8(ascii: "."))
    bytes += String(1000 + rest).utf8.dropFirst()
    // One fraction digit stays, zero or not.
    for _ in 0..<2 where bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
  }

  private static func write(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    // Nearly all strings need no escape, and are copied whole.
    let isPlain = string.utf8.withContiguousStorageIfAvailable { text in
      guard !text.contains(where: Self.mayNeedEscape) else { return false }
      bytes.append(contentsOf: text)
      return true
    }
    if isPlain == true { return }
    var previous: UInt8 = 0
    for byte in string.utf8 {
      defer { previous = byte }
      switch byte {
      case UInt8(ascii: "\""): bytes += #"\""#.utf8
      case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
      case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
      case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
      case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
      // DEL too: a JSON text that is looked at on a terminal must not drive it.
      case 0..<0x20, 0x7f: writeEscaped(byte, to: &bytes)
      // And U+0080 to U+009F, which UTF-8 spells C2 80 to C2 9F: a terminal may take U+009B for ESC [.
      case 0x80...0x9f where previous == 0xc2:
        bytes.removeLast()
        writeEscaped(byte, to: &bytes)
      default: bytes.append(byte)
      }
    }
  }

  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f || byte == 0xc2
  }

  private static func writeEscaped(_ codePoint: UInt8, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes += #"\u00"#.utf8
    bytes.append(digits[Int(codePoint >> 4)])
    bytes.append(digits[Int(codePoint & 15)])
  }
}

/// Reads a JSON text (RFC 8259) from front to back, value by value, and keeps nothing of it.
///
/// No input traps or recurses deeper than `depthLimit`.
struct JSONCursor {
  static let depthLimit = 32

  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  var isAtString: Bool {
    mutating get {
      skipSpace()
      return next == UInt8(ascii: "\"")
    }
  }

  /// Calls `element` with the cursor before each element, which it has to read or skip.
  mutating func array<Failure: Error>(
    _ element: (inout JSONCursor) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard enter(UInt8(ascii: "[")) else { return false }
    if leave(UInt8(ascii: "]")) { return true }
    while true {
      let start = offset
      try element(&self)
      if offset > start, leave(UInt8(ascii: "]")) { return true }
      guard offset > start, take(UInt8(ascii: ",")) else { return false }
    }
  }

  /// Calls `member` with each key and the cursor before its value, which it has to read or skip.
  mutating func object<Failure: Error>(
    _ member: (String, inout JSONCursor) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard enter(UInt8(ascii: "{")) else { return false }
    if leave(UInt8(ascii: "}")) { return true }
    while true {
      guard let key = string(), take(UInt8(ascii: ":")) else { return false }
      let start = offset
      try member(key, &self)
      if offset > start, leave(UInt8(ascii: "}")) { return true }
      guard offset > start, take(UInt8(ascii: ",")) else { return false }
    }
  }

  /// `nil` where no string stands, or a malformed one.
  mutating func string() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    var content: [UInt8] = []
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = escape() else { return nil }
        content.append(contentsOf: String(escaped).utf8)
      case 0..<0x20: return nil
      default: content.append(byte)
      }
    }
    return nil
  }

  /// `nil` where no whole number in the range of `Int64` stands.
  mutating func integer() -> Int64? {
    skipSpace()
    let start = offset
    while let byte = next, byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    { offset += 1 }
    return Int64(String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  /// `nil` where neither `true` nor `false` stands; passes over what stands there.
  mutating func boolean() -> Bool? {
    skipSpace()
    let start = offset
    guard skip() else { return nil }
    switch String(decoding: bytes[start..<offset], as: UTF8.self) {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }

  /// Passes over one value of any kind; `false` where none stands.
  mutating func skip() -> Bool {
    skipSpace()
    switch next {
    case UInt8(ascii: "\""): return string() != nil
    case UInt8(ascii: "["): return array { (cursor: inout JSONCursor) in _ = cursor.skip() }
    case UInt8(ascii: "{"): return object { (_: String, cursor: inout JSONCursor) in _ = cursor.skip() }
    default:
      let start = offset
      while let byte = next, !",]} \t\r\n".utf8.contains(byte) { offset += 1 }
      return offset > start
    }
  }

  /// Whether nothing but white space is left.
  mutating func isAtEnd() -> Bool {
    skipSpace()
    return next == nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    offset += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { return nil }
      guard (0xd800..<0xdc00).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{fffd}" }
      guard next == UInt8(ascii: "\\") else { return "\u{fffd}" }
      offset += 1
      guard next == UInt8(ascii: "u") else { return nil }
      offset += 1
      guard let low = codeUnit() else { return nil }
      guard (0xdc00..<0xe000).contains(low) else { return "\u{fffd}" }
      return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    default: return nil
    }
  }

  private mutating func codeUnit() -> UInt32? {
    guard bytes.count - offset >= 4 else { return nil }
    defer { offset += 4 }
    return UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
  }

  private mutating func enter(_ bracket: UInt8) -> Bool {
    guard depth < Self.depthLimit, take(bracket) else { return false }
    depth += 1
    return true
  }

  private mutating func leave(_ bracket: UInt8) -> Bool {
    guard take(bracket) else { return false }
    depth -= 1
    return true
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
  }
}

/// A JSON text that is none, and where it stops being one.
package struct JSONParsingError: Error, Sendable, CustomStringConvertible {
  package let byteOffset: Int
  package var description: String { "it is not JSON at byte \(byteOffset)" }
}

extension JSONValue {
  /// Reads one JSON text (RFC 8259), nested no deeper than 64; lone surrogates and bad UTF-8 become U+FFFD.
  package static func parse(_ bytes: some Collection<UInt8>) throws(JSONParsingError) -> JSONValue {
    var parser = JSONParser(bytes: Array(bytes))
    return try parser.document()
  }

  /// The last member of that name; `nil` where this is no object or has none.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  package var stringValue: String? { if case .string(let value) = self { value } else { nil } }
  package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var arrayValue: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
}

private struct JSONParser {
  let bytes: [UInt8]
  private var offset = 0
  private static let depthLimit = 64

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONParsingError) -> JSONValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard offset == bytes.count else { throw failure }
    return value
  }

  private var failure: JSONParsingError { JSONParsingError(byteOffset: offset) }
  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { offset += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONParsingError) -> JSONValue {
    skipBlanks()
    guard depth < Self.depthLimit, let first = next else { throw failure }
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONParsingError) -> JSONValue {
    let text = Array(word.description.utf8)
    guard bytes[offset...].starts(with: text) else { throw failure }
    offset += text.count
    return value
  }

  private mutating func object(depth: Int) throws(JSONParsingError) -> JSONValue {
    offset += 1
    var members: [(key: String, value: JSONValue)] = []
    skipBlanks()
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure }
      let key = try string()
      skipBlanks()
      guard take(":") else { throw failure }
      members.append((key, try value(depth: depth + 1)))
      skipBlanks()
    } while take(",")
    guard take("}") else { throw failure }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONParsingError) -> JSONValue {
    offset += 1
    var values: [JSONValue] = []
    skipBlanks()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipBlanks()
    } while take(",")
    guard take("]") else { throw failure }
    return .array(values)
  }

  private mutating func number() throws(JSONParsingError) -> JSONValue {
    let start = offset
    while let byte = next, "+-.eE0123456789".utf8.contains(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    let isZeroPadded = digits.count > 1 && digits.starts(with: "0".utf8) && !digits.starts(with: "0.".utf8)
    guard let lead = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(lead),
      !isZeroPadded || digits.dropFirst().first.map({ $0 | 0x20 == UInt8(ascii: "e") }) == true
    else {
      offset = start
      throw failure
    }
    if let integer = Int64(text) { return .integer(integer) }
    guard let value = Double(text), value.isFinite, !text.hasSuffix(".") else {
      offset = start
      throw failure
    }
    return .number(value)
  }

  private mutating func string() throws(JSONParsingError) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape().utf8
      case 0..<0x20:
        offset -= 1
        throw failure
      default: text.append(byte)
      }
    }
    throw failure
  }

  private mutating func escape() throws(JSONParsingError) -> String {
    guard let byte = next else { throw failure }
    offset += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
    case UInt8(ascii: "u"): return String(try unicode())
    default:
      offset -= 1
      throw failure
    }
  }

  private mutating func unicode() throws(JSONParsingError) -> Character {
    let replacement: Character = "\u{fffd}"
    let high = try codeUnit()
    if let scalar = UnicodeScalar(high) { return Character(scalar) }
    let mark = offset
    guard (0xd800...0xdbff).contains(high), take("\\"), take("u"), let low = try? codeUnit(),
      (0xdc00...0xdfff).contains(low),
      let scalar = UnicodeScalar(0x10000 + (UInt32(high) - 0xd800) << 10 + UInt32(low) - 0xdc00)
    else {
      offset = mark
      return replacement
    }
    return Character(scalar)
  }

  private mutating func codeUnit() throws(JSONParsingError) -> UInt16 {
    guard offset + 4 <= bytes.count,
      let value = UInt16(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16),
      bytes[offset] != UInt8(ascii: "+"), bytes[offset] != UInt8(ascii: "-")
    else { throw failure }
    offset += 4
    return value
  }
}

/// JSON (RFC 8259), strictly: no comments, no trailing commas, no key twice.
enum JSONDocument {
  static func parse(_ bytes: [UInt8]) throws(DocumentError) -> DocumentNode {
    var reader = JSONReader(text: TextCursor(bytes))
    return try reader.document()
  }
}

private struct JSONReader {
  var text: TextCursor
  private var budget = NodeBudget()

  init(text: TextCursor) { self.text = text }

  mutating func document() throws(DocumentError) -> DocumentNode {
    skipSpace()
    if text.isAtEnd { return DocumentNode(.null, line: 1) }
    let node = try value(depth: 0)
    skipSpace()
    guard text.isAtEnd else { throw text.error("text behind its end") }
    return node
  }

  private mutating func value(depth: Int) throws(DocumentError) -> DocumentNode {
    guard depth < DocumentLimits.depth else {
      throw text.error("it is nested more than \(DocumentLimits.depth) deep")
    }
    let line = text.line
    try budget.take(line: line)
    switch text.current {
    case UInt8(ascii: "{"): return DocumentNode(.mapping(try members(depth: depth)), line: line)
    case UInt8(ascii: "["): return DocumentNode(.sequence(try elements(depth: depth)), line: line)
    case UInt8(ascii: "\""): return DocumentNode(.scalar(try string(), isQuoted: true), line: line)
    default:
      let word = text.take { $0 > 0x20 && !",]}".utf8.contains($0) }
      if word == "null" { return DocumentNode(.null, line: line) }
      guard word == "true" || word == "false" || Self.isNumber(word) else {
        throw DocumentError("a value is missing or is not JSON", line: line)
      }
      return DocumentNode(.scalar(word, isQuoted: false), line: line)
    }
  }

  private mutating func members(depth: Int) throws(DocumentError) -> [DocumentNode.Member] {
    var members: [DocumentNode.Member] = []
    var keys: Set<String> = []
    text.advance()
    skipSpace()
    if text.skip("}") { return [] }
    repeat {
      skipSpace()
      let line = text.line
      guard text.current == UInt8(ascii: "\"") else { throw text.error("a key in double quotes is missing") }
      let key = try string()
      guard keys.insert(key).inserted else {
        throw DocumentError("the key \(key) is given twice", line: line)
      }
      skipSpace()
      guard text.skip(":") else { throw text.error("a colon is missing") }
      skipSpace()
      members.append(.init(key: key, line: line, value: try value(depth: depth + 1)))
      skipSpace()
    } while text.skip(",")
    guard text.skip("}") else { throw text.error("a comma or } is missing") }
    return members
  }

  private mutating func elements(depth: Int) throws(DocumentError) -> [DocumentNode] {
    var elements: [DocumentNode] = []
    text.advance()
    skipSpace()
    if text.skip("]") { return [] }
    repeat {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while text.skip(",")
    guard text.skip("]") else { throw text.error("a comma or ] is missing") }
    return elements
  }

  private mutating func string() throws(DocumentError) -> String {
    text.advance()
    var bytes: [UInt8] = []
    while let byte = text.current {
      switch byte {
      case UInt8(ascii: "\""):
        text.advance()
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): bytes += try escape()
      case 0..<0x20: throw text.error("a string is not closed on its line")
      default:
        bytes.append(byte)
        text.advance()
      }
    }
    throw text.error("a string is not closed")
  }

  private mutating func escape() throws(DocumentError) -> [UInt8] {
    text.advance()
    let letter = text.current
    text.advance()
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter ?? 0]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return try codePoint()
    default: throw text.error("an escape in a string is unknown")
    }
  }

  private mutating func codePoint() throws(DocumentError) -> [UInt8] {
    let first = try text.hexadecimal(digitCount: 4)
    var value = first
    if (0xd800..<0xdc00).contains(first), text.skip("\\u") {
      let second = try text.hexadecimal(digitCount: 4)
      guard (0xdc00..<0xe000).contains(second) else { throw text.error("half a surrogate pair in a string") }
      value = 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw text.error("half a surrogate pair in a string") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func skipSpace() { text.skip { [0x20, 0x09, 0x0a, 0x0d].contains($0) } }

  private static func isNumber(_ word: String) -> Bool {
    let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
    guard let first = digits.utf8.first, (0x30...0x39).contains(first), Double(word) != nil else {
      return false
    }
    guard let last = digits.utf8.last, (0x30...0x39).contains(last) else { return false }
    return digits.utf8.allSatisfy { (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }
      && !(digits.hasPrefix("0") && digits.dropFirst().utf8.first.map { (0x30...0x39).contains($0) } == true)
  }
}

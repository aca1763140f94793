/// TOML 1.0, as far as values are wanted as text: numbers, times and truth values stay as they are written.
///
/// Keys and tables given twice are errors; a table may still be opened after one below it.
enum TOMLDocument {
  static func parse(_ bytes: [UInt8]) throws(DocumentError) -> DocumentNode {
    var reader = TOMLReader(TextCursor(bytes))
    return try reader.document()
  }
}

/// A table while it grows.
private final class TOMLTable {
  enum Value {
    case node(DocumentNode)
    case table(TOMLTable)
    case tables(TOMLTables)
  }

  let line: Int
  var values: [String: (line: Int, value: Value)] = [:]
  var order: [String] = []
  /// Opened by its own header, so that no second header may.
  var isOpened = false
  /// Made by dotted keys, which no header may reopen.
  var isDotted = false

  init(line: Int) { self.line = line }

  func set(_ key: String, _ value: Value, line: Int) {
    if values[key] == nil { order.append(key) }
    values[key] = (line, value)
  }

  var node: DocumentNode {
    let members = order.compactMap { key -> DocumentNode.Member? in
      guard let (line, value) = values[key] else { return nil }
      let node: DocumentNode =
        switch value {
        case .node(let node): node
        case .table(let table): table.node
        case .tables(let list): DocumentNode(.sequence(list.tables.map(\.node)), line: list.line)
        }
      return DocumentNode.Member(key: key, line: line, value: node)
    }
    return DocumentNode(.mapping(members), line: line)
  }
}

/// An array of tables while it grows.
private final class TOMLTables {
  let line: Int
  var tables: [TOMLTable]

  init(_ first: TOMLTable) {
    line = first.line
    tables = [first]
  }
}

private struct TOMLReader {
  private var text: TextCursor
  private var budget = NodeBudget()
  private let root = TOMLTable(line: 1)

  init(_ text: TextCursor) { self.text = text }

  mutating func document() throws(DocumentError) -> DocumentNode {
    var table = root
    while true {
      try skipBlankLines()
      guard let byte = text.current else { return root.node }
      if byte == UInt8(ascii: "[") {
        table = try header()
      } else {
        try keyValue(in: table, depth: 0)
      }
      try endOfLine()
    }
  }

  private mutating func header() throws(DocumentError) -> TOMLTable {
    let line = text.line
    text.advance()
    let isArray = text.skip("[")
    let path = try keyPath()
    guard isArray ? text.skip("]]") : text.skip("]") else { throw text.error("a ] is missing") }
    guard let last = path.last else { throw text.error("a table has no name") }
    var table = root
    for key in path.dropLast() { table = try descend(table, key, line: line, isDotted: false) }
    try budget.take(line: line)
    switch (isArray, table.values[last]?.value) {
    case (true, nil):
      let new = TOMLTable(line: line)
      table.set(last, .tables(TOMLTables(new)), line: line)
      return new
    case (true, .tables(let list)):
      let new = TOMLTable(line: line)
      list.tables.append(new)
      return new
    case (false, nil):
      let new = TOMLTable(line: line)
      new.isOpened = true
      table.set(last, .table(new), line: line)
      return new
    case (false, .table(let known)) where !known.isOpened && !known.isDotted:
      known.isOpened = true
      return known
    default: throw DocumentError("the table \(path.joined(separator: ".")) is given twice", line: line)
    }
  }

  private mutating func descend(
    _ table: TOMLTable, _ key: String, line: Int, isDotted: Bool
  ) throws(DocumentError) -> TOMLTable {
    switch table.values[key]?.value {
    case nil:
      try budget.take(line: line)
      let new = TOMLTable(line: line)
      new.isDotted = isDotted
      table.set(key, .table(new), line: line)
      return new
    case .table(let known) where !isDotted || known.isDotted || !known.isOpened: return known
    case .tables(let list) where !isDotted:
      if let last = list.tables.last { return last }
    default: break
    }
    throw DocumentError("\(key) is given twice, once as a table", line: line)
  }

  private mutating func keyValue(in table: TOMLTable, depth: Int) throws(DocumentError) {
    let line = text.line
    let path = try keyPath()
    guard let last = path.last else { throw text.error("a key is missing") }
    guard text.skip("=") else { throw text.error("an = is missing") }
    skipSpace()
    let value = try value(depth: depth + path.count)
    var table = table
    for key in path.dropLast() { table = try descend(table, key, line: line, isDotted: true) }
    guard table.values[last] == nil else {
      throw DocumentError("the key \(path.joined(separator: ".")) is given twice", line: line)
    }
    table.set(last, .node(value), line: line)
  }

  private mutating func keyPath() throws(DocumentError) -> [String] {
    var path: [String] = []
    repeat {
      skipSpace()
      switch text.current {
      case UInt8(ascii: "\""): path.append(try basicString())
      case UInt8(ascii: "'"): path.append(try literalString())
      default:
        let key = text.take { Self.isBareKeyByte($0) }
        guard !key.isEmpty else { throw text.error("a key is missing or has characters that need quotes") }
        path.append(key)
      }
      skipSpace()
      guard path.count <= DocumentLimits.depth else {
        throw text.error("it is nested more than \(DocumentLimits.depth) deep")
      }
    } while text.skip(".")
    return path
  }

  private static func isBareKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private mutating func value(depth: Int) throws(DocumentError) -> DocumentNode {
    guard depth < DocumentLimits.depth else {
      throw text.error("it is nested more than \(DocumentLimits.depth) deep")
    }
    let line = text.line
    try budget.take(line: line)
    switch text.current {
    case UInt8(ascii: "\""):
      let string = text.isAt("\"\"\"") ? try multilineBasicString() : try basicString()
      return DocumentNode(.scalar(string, isQuoted: true), line: line)
    case UInt8(ascii: "'"):
      let string = text.isAt("'''") ? try multilineLiteralString() : try literalString()
      return DocumentNode(.scalar(string, isQuoted: true), line: line)
    case UInt8(ascii: "["): return DocumentNode(.sequence(try array(depth: depth)), line: line)
    case UInt8(ascii: "{"): return try inlineTable(depth: depth)
    default:
      // A time may hold one blank between day and hour.
      let word = text.take { $0 > 0x20 && !",]}#".utf8.contains($0) }
      guard !word.isEmpty else { throw text.error("a value is missing") }
      guard word == "true" || word == "false" || Self.mayBeNumberOrTime(word) else {
        throw DocumentError("a text needs quotes", line: line)
      }
      var rest = ""
      if text.current == 0x20, word.utf8.count == 10, let next = text.peek(1), (0x30...0x39).contains(next) {
        text.advance()
        rest = " " + text.take { $0 > 0x20 && !",]}#".utf8.contains($0) }
      }
      return DocumentNode(.scalar(word + rest, isQuoted: false), line: line)
    }
  }

  private static func mayBeNumberOrTime(_ word: String) -> Bool {
    let unsigned = word.drop { $0 == "+" || $0 == "-" }
    if unsigned == "inf" || unsigned == "nan" { return true }
    return unsigned.utf8.first.map { (0x30...0x39).contains($0) } ?? false
  }

  private mutating func array(depth: Int) throws(DocumentError) -> [DocumentNode] {
    var elements: [DocumentNode] = []
    text.advance()
    while true {
      try skipBlankLines()
      if text.skip("]") { return elements }
      elements.append(try value(depth: depth + 1))
      try skipBlankLines()
      if text.skip("]") { return elements }
      guard text.skip(",") else { throw text.error("a comma or ] is missing") }
    }
  }

  private mutating func inlineTable(depth: Int) throws(DocumentError) -> DocumentNode {
    let table = TOMLTable(line: text.line)
    text.advance()
    skipSpace()
    if text.skip("}") { return table.node }
    repeat {
      skipSpace()
      try keyValue(in: table, depth: depth)
      skipSpace()
    } while text.skip(",")
    guard text.skip("}") else { throw text.error("a comma or } is missing") }
    return table.node
  }

  private mutating func literalString() throws(DocumentError) -> String {
    text.advance()
    let string = text.take { $0 != UInt8(ascii: "'") && $0 != 0x0a }
    guard text.skip("'") else { throw text.error("a string is not closed on its line") }
    return string
  }

  private mutating func multilineLiteralString() throws(DocumentError) -> String {
    _ = text.skip("'''")
    skipFirstNewline()
    var bytes: [UInt8] = []
    while let byte = text.current {
      if text.skip("'''") { return closed(bytes, quote: "'") }
      bytes.append(byte)
      text.advance()
    }
    throw text.error("a string is not closed")
  }

  private mutating func basicString() throws(DocumentError) -> String {
    text.advance()
    var bytes: [UInt8] = []
    while let byte = text.current, byte != 0x0a {
      switch byte {
      case UInt8(ascii: "\""):
        text.advance()
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): bytes += try escape()
      default:
        bytes.append(byte)
        text.advance()
      }
    }
    throw text.error("a string is not closed on its line")
  }

  private mutating func multilineBasicString() throws(DocumentError) -> String {
    _ = text.skip("\"\"\"")
    skipFirstNewline()
    var bytes: [UInt8] = []
    while let byte = text.current {
      if text.skip("\"\"\"") { return closed(bytes, quote: "\"") }
      if byte == UInt8(ascii: "\\") {
        bytes += try escape(isMultiline: true)
      } else {
        bytes.append(byte)
        text.advance()
      }
    }
    throw text.error("a string is not closed")
  }

  /// Up to two quotes may stand before the closing three.
  private mutating func closed(_ bytes: [UInt8], quote: StaticString) -> String {
    var bytes = bytes
    for _ in 0..<2 where text.skip(quote) { quote.withUTF8Buffer { bytes += $0 } }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func escape(isMultiline: Bool = false) throws(DocumentError) -> [UInt8] {
    text.advance()
    let letter = text.current
    if isMultiline, letter.map({ [0x20, 0x09, 0x0d, 0x0a].contains($0) }) == true {
      text.skip { [0x20, 0x09, 0x0d, 0x0a].contains($0) }
      return []
    }
    text.advance()
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [letter ?? 0]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "e"): return [27]
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let value = try text.hexadecimal(digitCount: letter == UInt8(ascii: "u") ? 4 : 8)
      guard let scalar = Unicode.Scalar(value) else {
        throw text.error("an escape in a string is no character")
      }
      return Array(String(Character(scalar)).utf8)
    default: throw text.error("an escape in a string is unknown")
    }
  }

  private mutating func skipFirstNewline() { if !text.skip("\r\n") { _ = text.skip("\n") } }

  private mutating func skipSpace() { text.skip { $0 == 0x20 || $0 == 0x09 } }

  /// Blanks, line ends and comments.
  private mutating func skipBlankLines() throws(DocumentError) {
    while let byte = text.current {
      switch byte {
      case 0x20, 0x09, 0x0a, 0x0d: text.advance()
      case UInt8(ascii: "#"): text.skip { $0 != 0x0a }
      default: return
      }
    }
  }

  private mutating func endOfLine() throws(DocumentError) {
    skipSpace()
    if text.current == UInt8(ascii: "#") { text.skip { $0 != 0x0a } }
    guard text.isAtEnd || text.skip("\n") || text.skip("\r\n") else {
      throw text.error("text behind the value")
    }
  }
}

/// Reads an XML answer from front to back: elements and their text, nothing else.
///
/// Attributes, comments and instructions are passed over, document types refused, so that no entity but the five that
/// XML itself has can grow. No input traps; depth is bounded.
struct XMLReader {
  enum Event: Equatable {
    case start(String)
    case text(String)
    case end(String)
  }

  struct Malformed: Error {}

  static let depthLimit = 32

  private let bytes: [UInt8]
  private var offset = 0
  private var open: [String] = []
  private var pendingEnd: String?

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// `nil` at the end of a whole document.
  mutating func next() throws(Malformed) -> Event? {
    if let name = pendingEnd {
      pendingEnd = nil
      return .end(name)
    }
    while offset < bytes.count {
      guard bytes[offset] == UInt8(ascii: "<") else {
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") { offset += 1 }
        if open.isEmpty { continue }
        return .text(try Self.resolved(bytes[start..<offset]))
      }
      if starts("<?") {
        try skip(past: "?>")
      } else if starts("<!--") {
        try skip(past: "-->")
      } else if starts("<![CDATA[") {
        let start = offset + 9
        try skip(past: "]]>")
        return .text(String(decoding: bytes[start..<max(offset - 3, start)], as: UTF8.self))
      } else if starts("<!") {
        throw Malformed()
      } else if starts("</") {
        let name = try tag(from: offset + 2)
        guard open.popLast() == name.name else { throw Malformed() }
        return .end(name.name)
      } else {
        let tag = try tag(from: offset + 1)
        if tag.isEmpty {
          pendingEnd = tag.name
        } else {
          guard open.count < Self.depthLimit else { throw Malformed() }
          open.append(tag.name)
        }
        return .start(tag.name)
      }
    }
    guard open.isEmpty else { throw Malformed() }
    return nil
  }

  private func starts(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

  private mutating func skip(past mark: String) throws(Malformed) {
    let mark = Array(mark.utf8)
    while offset < bytes.count {
      if bytes[offset...].starts(with: mark) {
        offset += mark.count
        return
      }
      offset += 1
    }
    throw Malformed()
  }

  /// The name of a tag without its namespace's prefix; moves behind the tag.
  private mutating func tag(from start: Int) throws(Malformed) -> (name: String, isEmpty: Bool) {
    var end = start
    var quote: UInt8?
    while end < bytes.count {
      let byte = bytes[end]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        break
      }
      end += 1
    }
    guard end < bytes.count, start < end else { throw Malformed() }
    offset = end + 1
    let isEmpty = bytes[end - 1] == UInt8(ascii: "/")
    let inside = bytes[start..<(isEmpty ? end - 1 : end)]
    let whole = inside.prefix { $0 > 0x20 }
    let name = whole.lastIndex(of: UInt8(ascii: ":")).map { whole[(whole.index(after: $0))...] } ?? whole
    guard !name.isEmpty else { throw Malformed() }
    return (String(decoding: name, as: UTF8.self), isEmpty)
  }

  private static func resolved(_ text: ArraySlice<UInt8>) throws(Malformed) -> String {
    guard text.contains(UInt8(ascii: "&")) else { return String(decoding: text, as: UTF8.self) }
    var result: [UInt8] = []
    var rest = text
    while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
      result += rest[..<ampersand]
      guard let end = rest[ampersand...].prefix(16).firstIndex(of: UInt8(ascii: ";")) else {
        throw Malformed()
      }
      let name = String(decoding: rest[(ampersand + 1)..<end], as: UTF8.self)
      guard let scalar = scalar(name) else { throw Malformed() }
      result += Array(String(scalar).utf8)
      rest = rest[(end + 1)...]
    }
    return String(decoding: result + rest, as: UTF8.self)
  }

  private static func scalar(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return value.flatMap(Unicode.Scalar.init)
    }
  }
}

extension XMLReader {
  /// The text of elements by their path below the root, such as `["Error", "Code"]`; calls `leaf` for each.
  ///
  /// `leaf` gets a path of element names from the root and the text directly inside; `end` the path of each element
  /// that closes.
  static func forEach(
    _ bytes: [UInt8], leaf: (_ path: [String], _ text: String) -> Void,
    end: (_ path: [String]) -> Void = { _ in }
  ) -> Bool {
    var reader = XMLReader(bytes)
    var path: [String] = []
    var text = ""
    while true {
      let event: Event?
      do throws(Malformed) { event = try reader.next() } catch { return false }
      switch event {
      case nil: return true
      case .start(let name):
        path.append(name)
        text = ""
      case .text(let piece): text += piece
      case .end:
        leaf(path, text)
        end(path)
        text = ""
        path.removeLast()
      }
    }
  }
}

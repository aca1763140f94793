/// The members of the object that a line is, read without recursion and as far as the text is JSON.
///
/// Logs cut their lines anywhere: what stands before the cut is still read.
struct FlatJSON {
  enum Value: Equatable {
    /// Without its escapes.
    case string([UInt8])
    case scalar(ArraySlice<UInt8>)
    /// An object or array, as written.
    case nested(ArraySlice<UInt8>)
  }

  private static let memberLimit = 256

  private(set) var members: [(key: [UInt8], value: Value)] = []

  /// `nil` for a line that does not begin like an object with members.
  init?(_ line: ArraySlice<UInt8>) {
    var rest = line.trimmed
    guard rest.take(UInt8(ascii: "{")) else { return nil }
    while members.count < Self.memberLimit {
      rest = Self.withoutBlanks(rest)
      guard let key = Self.takeString(&rest) else { break }
      rest = Self.withoutBlanks(rest)
      guard rest.take(UInt8(ascii: ":")) else { break }
      rest = Self.withoutBlanks(rest)
      guard let value = Self.takeValue(&rest) else { break }
      members.append((key, value))
      rest = Self.withoutBlanks(rest)
      guard rest.take(UInt8(ascii: ",")) else { break }
    }
    if members.isEmpty { return nil }
  }

  subscript(key: String) -> Value? { members.first { $0.key.elementsEqual(key.utf8) }?.value }

  /// A string or a scalar as text.
  func text(_ key: String) -> String? {
    switch self[key] {
    case .string(let bytes): bytes[...].text()
    case .scalar(let bytes): bytes.text()
    case .nested, nil: nil
    }
  }

  /// A text, or the list of its bytes, which is how journald exports what is not UTF-8.
  func bytes(_ key: String) -> [UInt8]? {
    switch self[key] {
    case .string(let bytes): return bytes
    case .nested(let list):
      var rest = list
      guard rest.take(UInt8(ascii: "[")) else { return nil }
      var bytes: [UInt8] = []
      while let number = rest.takeNumber(1...3) {
        bytes.append(UInt8(clamping: number))
        while let next = rest.first, next == UInt8(ascii: ",") || isBlank(next) { rest = rest.dropFirst() }
      }
      return bytes
    case .scalar, nil: return nil
    }
  }

  private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> Value? {
    guard let first = rest.first else { return nil }
    switch first {
    case UInt8(ascii: "\""): return takeString(&rest, orCut: true).map(Value.string)
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .nested(takeNested(&rest))
    default:
      let scalar = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") && !isBlank($0) }
      rest = rest[scalar.endIndex...]
      return .scalar(scalar)
    }
  }

  private static func takeNested(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var depth = 0
    var index = rest.startIndex
    var isInString = false
    while index < rest.endIndex {
      let byte = rest[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\\") where isInString: index += 1
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: "{") where !isInString, UInt8(ascii: "[") where !isInString: depth += 1
      case UInt8(ascii: "}") where !isInString, UInt8(ascii: "]") where !isInString: depth -= 1
      default: break
      }
      if depth == 0 { break }
    }
    let end = min(index, rest.endIndex)
    defer { rest = rest[end...] }
    return rest[..<end]
  }

  private static func takeString(_ rest: inout ArraySlice<UInt8>, orCut: Bool = false) -> [UInt8]? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    var index = rest.startIndex + 1
    while index < rest.endIndex, rest[index] != UInt8(ascii: "\"") {
      index += rest[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard index < rest.endIndex || orCut else { return nil }
    let end = min(index, rest.endIndex)
    let content = rest[(rest.startIndex + 1)..<max(end, rest.startIndex + 1)]
    rest = rest[min(end + 1, rest.endIndex)...]
    return TextEscapes.withoutJSONEscapes(content)
  }

  private static func withoutBlanks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.drop(while: isBlank)
  }
}

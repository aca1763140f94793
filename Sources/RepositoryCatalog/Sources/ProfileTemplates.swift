package import ResticInputs

/// The Go templates in a text, `{{ … }}`: simple ones are put in place, others marked, so that the text can be parsed.
package struct ProfileTemplates: Sendable {
  package struct Unexpanded: Sendable, Equatable {
    package let text: String
    package let line: Int
  }

  /// The text with marks for what depends on the profile or can't be expanded.
  package let text: [UInt8]
  package let unexpanded: [Unexpanded]

  // Private use characters, which no configuration holds for a purpose of its own.
  private static let opening = Character("\u{f8f0}")
  private static let closing = Character("\u{f8f1}")
  private static let profileName = "\u{f8f0}name\u{f8f1}"

  /// Finds the templates in a text; `folder` is what `.ConfigDir` stands for.
  package init(_ bytes: [UInt8], folder: String, environment: Environment) {
    var result: [UInt8] = []
    var unexpanded: [Unexpanded] = []
    var line = 1
    var index = 0
    while index < bytes.count {
      guard Self.isPair(bytes, index, UInt8(ascii: "{")), let end = Self.end(bytes, from: index + 2) else {
        if bytes[index] == 0x0a { line += 1 }
        result.append(bytes[index])
        index += 1
        continue
      }
      let action = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
      let words = action.split { $0.isWhitespace || $0 == "-" && action.hasPrefix("-") }.map(String.init)
      switch words.count == 1 ? words.first : nil {
      case ".Profile.Name": result += Self.profileName.utf8
      case ".ConfigDir": result += folder.utf8
      case let word?
      where word.hasPrefix(".Env.") && environment[String(word.dropFirst(5)).uppercased()] != nil:
        result += (environment[String(word.dropFirst(5)).uppercased()] ?? "").utf8
      default:
        // A comment stands for nothing.
        if !action.hasPrefix("/*"), !action.hasPrefix("- /*") {
          result += "\(Self.opening)\(unexpanded.count)\(Self.closing)".utf8
          unexpanded.append(Unexpanded(text: "{{\(String(action.prefix(80)))}}", line: line))
        }
      }
      line += bytes[index..<end].count { $0 == 0x0a }
      index = end + 2
    }
    text = result
    self.unexpanded = unexpanded
  }

  /// A value of the parsed text with the profile's name in place, and the first template in it that can't be expanded.
  package func resolve(_ text: String, profile: String) -> (text: String, unexpanded: String?) {
    guard text.contains(Self.opening) else { return (text, nil) }
    var result = ""
    var first: String?
    var rest = text[...]
    while let start = rest.firstIndex(of: Self.opening) {
      result += rest[..<start]
      rest = rest[rest.index(after: start)...]
      guard let end = rest.firstIndex(of: Self.closing) else { break }
      let mark = rest[..<end]
      rest = rest[rest.index(after: end)...]
      if mark == "name" {
        result += profile
      } else if let index = Int(mark), unexpanded.indices.contains(index) {
        first = first ?? unexpanded[index].text
      }
    }
    return (result + rest, first)
  }

  private static func isPair(_ bytes: [UInt8], _ index: Int, _ byte: UInt8) -> Bool {
    index + 1 < bytes.count && bytes[index] == byte && bytes[index + 1] == byte
  }

  /// Templates are short; what has no end within a thousand bytes is none.
  private static func end(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index < min(bytes.count, start + 1000) {
      if isPair(bytes, index, UInt8(ascii: "}")) { return index }
      index += 1
    }
    return nil
  }
}

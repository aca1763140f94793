/// Texts as YAML has them.
enum YAMLText {
  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "null", "y", "n",
  ]

  /// A text that any YAML reader takes for this very text: bare where it is plain, else in double quotes.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { isLetter($0) || $0 == UInt8(ascii: "/") } ?? false
      && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "/._-".utf8.contains($0) }
      && !words.contains(text.lowercased())
    return isPlain ? text : "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  static func list(_ texts: [String]) -> String { "[" + texts.map(scalar).joined(separator: ", ") + "]" }

  /// What stands behind `#`: one line, whatever the text is.
  static func comment(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { isUnsafe($0) ? " " : $0 }))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    default: break
    }
    guard isUnsafe(scalar) else { return String(scalar) }
    let digits = String(scalar.value, radix: 16)
    return scalar.value > 0xffff
      ? "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

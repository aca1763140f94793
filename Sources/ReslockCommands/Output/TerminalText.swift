/// Foreign text made harmless for a terminal and bounded in length.
package enum TerminalText {
  /// Control characters, line breaks and characters that reorder or hide text become `\u{…}`.
  package static func escaped(_ text: String) -> String {
    // Nearly all there is to show, and many times faster than asking Unicode about each letter.
    if isPlain(text) { return text }
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if isUnsafe(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  /// Escaped and cut to `characterLimit` characters, the cut shown by `…`.
  package static func short(_ text: String, characterLimit: Int) -> String {
    if text.utf8.count <= characterLimit, isPlain(text) { return text }
    let whole = escaped(String(text.prefix(characterLimit + 1)))
    return whole.count > characterLimit ? String(whole.prefix(max(characterLimit - 1, 0))) + "…" : whole
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
  }

  private static func isUnsafe(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

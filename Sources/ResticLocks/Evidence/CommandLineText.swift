/// A command line as it may be shown: secrets hidden, bounded in length.
package enum CommandLineText {
  /// The arguments joined by blanks, at most `characterLimit` characters; passwords in URLs, and the values of
  /// flags and variables whose name speaks of a secret, are replaced by `***`.
  ///
  /// Hides too much rather than too little: what follows a secret in a text for the shell may be part of it.
  package static func text(_ arguments: [String], characterLimit: Int = 300) -> String {
    var text = ""
    var hidesNext = false
    for argument in arguments {
      if !text.isEmpty { text += " " }
      if hidesNext {
        text += hidden
        hidesNext = false
      } else {
        text += hidingSecrets(in: argument, hidesNext: &hidesNext)
      }
      if text.count > characterLimit { return String(text.prefix(characterLimit)) + "…" }
    }
    return text
  }

  private static let hidden = "***"

  /// Sets `hidesNext` when the argument ends with a flag whose value is the next one.
  private static func hidingSecrets(in argument: String, hidesNext: inout Bool) -> String {
    // A password may look like parameters, which would then hide only a part of it.
    let visible = argument.split(separator: " ", omittingEmptySubsequences: false).map(hidingURLPasswords)
    let argument = hidingConnectionStrings(in: visible.joined(separator: " "))
    let words = argument.split(separator: " ", omittingEmptySubsequences: false)
    // An argument that is one assignment from the start has all the rest for its value, blanks included.
    if let first = words.first, let name = secretName(assignedIn: first) { return name + hidden }
    var shown: [String] = []
    for word in words {
      if hidesNext {
        shown.append(hidden)
        hidesNext = false
        if opensQuotation(word) { break }
      } else if let name = secretName(assignedIn: word) {
        shown.append(name + hidden)
        if opensQuotation(word.dropFirst(name.count)) { break }
      } else {
        hidesNext = word.hasPrefix("-") && !word.contains("=") && speaksOfSecret(word)
        shown.append(hidingURLPasswords(in: word))
      }
    }
    return shown.joined(separator: " ")
  }

  /// Hides the parameters of rclone's connection strings, `remote,key=value,…:path` (rclone manual, "Connection
  /// strings"): from the first comma that a parameter follows to the colon that ends them, or to the end.
  private static func hidingConnectionStrings(in argument: String) -> String {
    guard let comma = argument.indices.first(where: { isParameter(argument[$0...]) }) else { return argument }
    var quote: Character?
    let end = argument[comma...].firstIndex { character in
      if let open = quote {
        if character == open { quote = nil }
        return false
      }
      if character == "\"" || character == "'" { quote = character }
      return character == ":"
    }
    return argument[..<comma] + ",\(hidden)" + argument[(end ?? argument.endIndex)...]
  }

  /// Whether a comma, parameters without a value and one with its value stand at the beginning.
  private static func isParameter(_ text: Substring) -> Bool {
    var rest = text
    while rest.first == "," {
      let name = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
      rest = rest[name.endIndex...]
      if rest.first == "=" { return !name.isEmpty }
    }
    return false
  }

  /// `NAME=` of a word that gives a value to a secret.
  private static func secretName(assignedIn word: Substring) -> String? {
    guard let equals = word.firstIndex(of: "="), !word[..<equals].contains("://"),
      speaksOfSecret(word[..<equals])
    else { return nil }
    return String(word[...equals])
  }

  private static func opensQuotation(_ text: Substring) -> Bool {
    guard let quote = text.first, quote == "'" || quote == "\"" else { return false }
    return text.dropFirst().firstIndex(of: quote) == nil
  }

  /// Whether a flag or variable of this name holds a secret; names of files and key hints are none.
  private static func speaksOfSecret(_ name: Substring) -> Bool {
    let lowerCase = name.lowercased()
    let harmless = ["-file", "_file", "-hint", "_hint", "no-password", "include-keys"]
    if harmless.contains(where: lowerCase.hasSuffix) { return false }
    if ["pass", "secret", "token", "-key", "_key"].contains(where: lowerCase.contains) { return true }
    return lowerCase.hasSuffix("key") || lowerCase.hasSuffix("sas")
  }

  /// `user:***@host`, also where the password holds what a URL would have to escape.
  private static func hidingURLPasswords(in word: Substring) -> String {
    var parts = split(word, at: "://").map(String.init)
    for index in parts.indices.dropFirst() {
      let part = parts[index]
      guard let colon = part.firstIndex(where: { $0 == ":" || $0 == "/" }), part[colon] == ":",
        let at = part.lastIndex(of: "@"), colon < at
      else { continue }
      let port = part[part.index(after: colon)...].prefix { $0 != "/" }
      if !port.isEmpty, port.allSatisfy({ ("0"..."9").contains($0) }) { continue }
      parts[index] = part[...colon] + hidden + part[at...]
    }
    return parts.joined(separator: "://")
  }

  private static func split(_ text: Substring, at separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = text
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}

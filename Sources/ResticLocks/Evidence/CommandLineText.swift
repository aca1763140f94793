/// A command line as it may be shown: secrets hidden, bounded in length.
package enum CommandLineText {
  /// The arguments joined by blanks, at most `characterLimit` characters; passwords in URLs and in
  /// `NAME=value` words whose name speaks of a secret are replaced by `***`.
  package static func text(_ arguments: [String], characterLimit: Int = 300) -> String {
    var text = ""
    for argument in arguments {
      if !text.isEmpty { text += " " }
      text += hidingSecrets(in: argument)
      if text.count > characterLimit { return String(text.prefix(characterLimit)) + "…" }
    }
    return text
  }

  private static let secretWords = ["password", "passwd", "secret", "token", "key=", "sas="]

  static func hidingSecrets(in argument: String) -> String {
    let lowerCase = argument.lowercased()
    // Names of files that hold a password are no secret, and people need to see them.
    let namesFile =
      lowerCase.contains("-file") || lowerCase.contains("-command") || lowerCase.contains("_file=")
    if let equals = argument.firstIndex(of: "="), !namesFile,
      secretWords.contains(where: lowerCase.contains)
    {
      return argument[...equals] + "***"
    }
    guard let scheme = argument.firstRange(of: "://") else { return argument }
    let authority = argument[scheme.upperBound...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
      return argument
    }
    return argument[...colon] + "***" + argument[at...]
  }
}

extension RepositoryLocation {
  /// A location as it may be shown: passwords in URLs and parameters of rclone's connection strings become `***`.
  ///
  /// Works on malformed locations too, so that their errors can quote them.
  package static func hidingSecrets(in text: String) -> String {
    let (scheme, rest) = text.cut(at: ":")
    guard let rest else { return text }
    if scheme == Backend.rclone.rawValue { return "rclone:" + hidingParameters(inRemote: rest) }
    guard let authority = indexAfterFirst("://", in: text) else { return text }
    // Up to the last @ even beyond a slash or question mark: a password with a forgotten escape is one too.
    guard let userPart = text[authority...].cut(atLast: "@").before,
      let password = userPart.cut(at: ":").after
    else { return text }
    return "\(text[..<password.startIndex])***\(text[password.endIndex...])"
  }

  /// rclone's connection strings are `remote,key=value,…:path`, values perhaps quoted
  /// (rclone manual, "Connection strings").
  private static func hidingParameters(inRemote remote: Substring) -> String {
    let name = (remote.begins(with: ":") ? remote.dropFirstByte() : remote).upTo(anyOf: ",:")
    let parameters = remote[name.endIndex...]
    guard parameters.begins(with: ",") else { return String(remote) }
    var quote: UInt8?
    let end = parameters.utf8.firstIndex { byte in
      if let open = quote {
        if byte == open { quote = nil }
        return false
      }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
      return byte == UInt8(ascii: ":")
    }
    return "\(remote[..<name.endIndex]),***\(remote[(end ?? remote.endIndex)...])"
  }

  private static func indexAfterFirst(_ pattern: String, in text: String) -> String.Index? {
    let bytes = text.utf8
    return bytes.indices.first { bytes[$0...].starts(with: pattern.utf8) }
      .flatMap { bytes.index($0, offsetBy: pattern.utf8.count, limitedBy: bytes.endIndex) }
  }
}

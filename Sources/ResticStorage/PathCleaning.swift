extension RepositoryLocation {
  /// The shortest path that means the same: no `//`, `/./`, inner `..` or final slash; empty becomes `.`
  /// (Go's `path.Clean`).
  package static func cleaned(_ path: Substring) -> String {
    let isRooted = path.begins(with: "/")
    var parts: [String] = []
    for bytes in path.utf8.split(separator: UInt8(ascii: "/")) {
      let part = String(Substring(bytes))
      switch part {
      case ".": continue
      case "..":
        if let last = parts.last, last != ".." {
          parts.removeLast()
        } else if !isRooted {
          parts.append("..")
        }
      default: parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    if isRooted { return "/" + joined }
    return joined.isEmpty ? "." : joined
  }

  /// A prefix of object names: cleaned, without a leading slash; empty for the root.
  static func cleanedPrefix(_ prefix: Substring?) -> String {
    guard let prefix, !prefix.isEmpty else { return "" }
    let path = cleaned(prefix)
    if path == "." { return "" }
    return path.begins(with: "/") ? String(path.dropFirstByte()) : path
  }
}

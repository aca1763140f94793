internal import ResticInputs
internal import ResticStorage

/// Paths as configurations write them: `~/` is the home folder, relative ones start beside the configuration.
struct PathText {
  /// The folder of the configuration.
  let folder: String
  let home: String?

  init(folder: String, home: String?) {
    self.folder = folder
    self.home = home
  }

  init(file: String, environment: Environment) {
    let cut = file.lastIndex(of: "/")
    folder = cut.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
    home = environment["HOME"]
  }

  func expandingHome(_ path: String) -> String {
    guard let home, path == "~" || path.hasPrefix("~/") else { return path }
    return home + path.dropFirst()
  }

  func absolute(_ path: String) -> String {
    let path = expandingHome(path)
    if path.hasPrefix("/") { return path }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return folder == "/" ? "/\(relative)" : "\(folder)/\(relative)"
  }

  /// A location, its path taken from beside the configuration where it is a relative one of this machine.
  func location(_ text: String) -> String {
    let text = expandingHome(text)
    // Nearly all are absolute, or of another backend.
    if text.hasPrefix("/") { return text }
    guard !text.utf8.contains(UInt8(ascii: ":")) || text.hasPrefix("local:") || text.hasPrefix(".") else {
      return text
    }
    guard case .local(let path)? = try? RepositoryLocation(parsing: text), !path.hasPrefix("/") else {
      return text
    }
    return absolute(path)
  }
}

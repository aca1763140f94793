internal import ResticInputs
internal import ResticStorage

/// Writes repositories, as a source describes them, in the words of reslock's own configuration.
package struct ConfigurationWriter {
  /// What becomes of secrets that stand in the source in plain text.
  package enum Secrets: Sendable, Equatable {
    /// They are named as missing.
    case leftOut
    /// They stand in the new text too, with a warning each.
    case plain
    /// Each has a file of its own in this folder, which is an absolute path.
    case files(folder: String)
  }

  /// A file that the text refers to, still to be written.
  package struct SecretFile: Sendable {
    package let path: String
    package let content: HiddenText
  }

  /// The configuration, as YAML.
  package private(set) var text = ""
  package private(set) var secretFiles: [SecretFile] = []
  /// What was not carried over, and what a person should know of what was.
  package private(set) var warnings: [String] = []
  /// Whether everything that leads to the repositories was carried over.
  package private(set) var isComplete = true

  private let secrets: Secrets
  private var usedNames: Set<String> = []

  package init(_ repositories: [RepositorySettings], secrets: Secrets) {
    self.secrets = secrets
    let files = Set(repositories.map(\.origin.file)).sorted()
    for file in files { text += "# from \(YAMLText.comment(file)), which is not read again\n" }
    text += "repositories:\n"
    for settings in repositories { add(settings) }
    if usedNames.isEmpty { text += "  {}\n" }
  }

  private mutating func add(_ settings: RepositorySettings) {
    if let problem = settings.problem {
      leaveOut(settings, problem.message)
      return
    }
    var entry = Entry(name: name(for: settings.name), original: settings.fullName)
    do throws(NotCarried) {
      try addLocation(settings, &entry)
    } catch {
      leaveOut(settings, error.reason)
      return
    }
    var settings = settings
    takePassword(&settings, &entry)
    addPassword(settings, &entry)
    addEnvironment(settings, &entry)
    if !settings.options.isEmpty { entry.lines.append("options: \(YAMLText.list(settings.options))") }
    if let hint = settings.keyHint { entry.lines.append("key-hint: \(YAMLText.scalar(hint))") }
    if !settings.caCertificates.isEmpty {
      for path in settings.caCertificates { noteRelative(path, "cacert", &entry) }
      entry.lines.append("cacert: \(YAMLText.list(settings.caCertificates))")
    }
    if let path = settings.tlsClientCertificate {
      noteRelative(path, "tls-client-cert", &entry)
      entry.lines.append("tls-client-cert: \(YAMLText.scalar(path))")
    }
    if settings.isInsecureTLS { entry.lines.append("insecure-tls: true") }
    for note in settings.notes { entry.lines.append("# \(YAMLText.comment(note))") }
    if let id = settings.expectedID {
      entry.lines.append("# its ID, which is not checked here: \(YAMLText.comment(id))")
    }
    usedNames.insert(entry.name)
    text += "  \(YAMLText.scalar(entry.name)):\n" + entry.lines.map { "    \($0)\n" }.joined()
    warnings += entry.warnings
    secretFiles += entry.files
    isComplete = isComplete && entry.isComplete
  }

  /// One repository, as far as it is written.
  private struct Entry {
    let name: String
    let original: String
    var lines: [String] = []
    var warnings: [String] = []
    var files: [SecretFile] = []
    var isComplete = true

    mutating func warn(_ text: String) { warnings.append("\(original): \(text)") }

    mutating func leaveOut(_ key: String, _ reason: String) {
      isComplete = false
      lines.append("# \(YAMLText.comment(key)) was not carried over: \(YAMLText.comment(reason))")
      warn("\(key) was not carried over: \(reason)")
    }
  }

  private struct NotCarried: Error { let reason: String }

  private mutating func leaveOut(_ settings: RepositorySettings, _ reason: String) {
    isComplete = false
    text += "  # \(YAMLText.comment(settings.name)) was not carried over: \(YAMLText.comment(reason))\n"
    warnings.append("\(settings.fullName) was not carried over: \(reason)")
  }

  /// A name that reslock takes, and that no other has.
  private func name(for original: String) -> String {
    let bytes = original.utf8.prefix(120).map { byte -> UInt8 in
      ConfigurationReader.isName(String(decoding: [byte], as: UTF8.self)) ? byte : UInt8(ascii: "-")
    }
    let base = bytes.isEmpty ? "repository" : String(decoding: bytes, as: UTF8.self)
    guard usedNames.contains(base) else { return base }
    var number = 2
    while usedNames.contains("\(base)-\(number)") { number += 1 }
    return "\(base)-\(number)"
  }

  private func addLocation(_ settings: RepositorySettings, _ entry: inout Entry) throws(NotCarried) {
    switch settings.location {
    case .file(let path):
      noteRelative(path, "location-file", &entry)
      entry.lines.append("location-file: \(YAMLText.scalar(path))")
    case .text(let location):
      let isSecret = RepositoryLocation.hidingSecrets(in: location) != location
      guard isSecret else {
        if case .local(let path)? = try? RepositoryLocation(parsing: location), !path.hasPrefix("/") {
          entry.warn("its location is a relative path, which starts beside the new configuration")
        }
        entry.lines.append("location: \(YAMLText.scalar(location))")
        return
      }
      switch secrets {
      case .leftOut: throw NotCarried(reason: "its location holds a password; --secret-files takes it along")
      case .plain:
        entry.warn("its location holds a password, which stands in plain text now")
        entry.lines.append("location: \(YAMLText.scalar(location))")
      case .files(let folder):
        guard let path = file(location, "location", folder, &entry) else {
          throw NotCarried(reason: "its location can't stand in a file")
        }
        entry.lines.append("location-file: \(YAMLText.scalar(path))")
      }
    }
  }

  /// restic's variables for the password become the password, by restic's precedence.
  private func takePassword(_ settings: inout RepositorySettings, _ entry: inout Entry) {
    let names = ["RESTIC_PASSWORD_COMMAND", "RESTIC_PASSWORD_FILE", "RESTIC_PASSWORD"]
    let found = names.compactMap { name in settings.environment.last { $0.name == name } }
    if let hint = settings.environment.last(where: { $0.name == "RESTIC_KEY_HINT" }),
      case .given(let text) = hint.value, settings.keyHint == nil
    {
      settings.keyHint = text.text
    }
    settings.environment.removeAll { names.contains($0.name) || $0.name == "RESTIC_KEY_HINT" }
    guard settings.password == nil, !settings.isInsecureNoPassword, let first = found.first else { return }
    guard case .given(let text) = first.value, !text.text.isEmpty else { return }
    switch first.name {
    case "RESTIC_PASSWORD": settings.password = .given(text)
    case "RESTIC_PASSWORD_FILE": settings.password = .file(text.text)
    default:
      do throws(InputError) {
        settings.password = .command(try CommandArguments.split(text.text, what: "the password command"))
      } catch {
        entry.leaveOut("the password command", error.message)
      }
    }
  }

  private func addPassword(_ settings: RepositorySettings, _ entry: inout Entry) {
    if settings.isInsecureNoPassword {
      entry.lines.append("insecure-no-password: true")
      return
    }
    switch settings.password {
    case nil: entry.warn("it has no password; RESTIC_PASSWORD or its like will be asked for")
    case .file(let path)?:
      noteRelative(path, "password-file", &entry)
      entry.lines.append("password-file: \(YAMLText.scalar(path))")
    case .command(let arguments)?:
      if let program = arguments.first?.split(separator: "/").last, ["echo", "printf"].contains(program) {
        entry.warn("its password command holds the password itself, and stands in plain text now")
      }
      entry.lines.append("password-command: \(YAMLText.list(arguments))")
    case .variable(let name)?: entry.lines.append("password: {variable: \(YAMLText.scalar(name))}")
    case .given(let secret)?:
      if let value = value(of: secret, "password", &entry) { entry.lines.append("password: \(value)") }
    }
  }

  private func addEnvironment(_ settings: RepositorySettings, _ entry: inout Entry) {
    var lines: [String] = []
    for variable in settings.environment {
      let name = YAMLText.scalar(variable.name)
      switch variable.value {
      case .file(let path): lines.append("\(name): {file: \(YAMLText.scalar(path))}")
      case .command(let arguments): lines.append("\(name): {command: \(YAMLText.list(arguments))}")
      case .variable(let other): lines.append("\(name): {variable: \(YAMLText.scalar(other))}")
      case .given(let text):
        guard Self.isSecret(variable.name), !text.text.isEmpty else {
          lines.append("\(name): \(YAMLText.scalar(text.text))")
          continue
        }
        if let value = value(of: text, variable.name, &entry) { lines.append("\(name): \(value)") }
      }
    }
    if !lines.isEmpty { entry.lines += ["environment:"] + lines.map { "  \($0)" } }
  }

  /// Paths of files with secrets are none themselves.
  private static func isSecret(_ name: String) -> Bool {
    ConfigurationReader.isSecretName(name) && !name.hasSuffix("_FILE")
      && name != "GOOGLE_APPLICATION_CREDENTIALS"
  }

  /// A secret, or where it is to be found; `nil` where it is left out.
  private func value(of secret: HiddenText, _ what: String, _ entry: inout Entry) -> String? {
    switch secrets {
    case .leftOut:
      entry.leaveOut(
        what, "it stands in plain text where it was; put it into a file and name that, or say --secret-files")
      return nil
    case .plain:
      entry.warn("\(what) stands in plain text now")
      return YAMLText.scalar(secret.text)
    case .files(let folder):
      guard let path = file(secret.text, what, folder, &entry) else {
        entry.leaveOut(what, "white space around it would be lost in a file")
        return nil
      }
      return "{file: \(YAMLText.scalar(path))}"
    }
  }

  /// `nil` for a text that a file would not give back as it is.
  private func file(_ text: String, _ what: String, _ folder: String, _ entry: inout Entry) -> String? {
    let isTrimmed =
      text.unicodeScalars.first.map { !WhiteSpace.contains($0) && $0 != "\u{feff}" } ?? false
      && text.unicodeScalars.last.map { !WhiteSpace.contains($0) } ?? false
    guard isTrimmed else { return nil }
    let path = "\(folder)/\(entry.name).\(what.contains("/") ? "value" : what)"
    entry.files.append(SecretFile(path: path, content: HiddenText(text)))
    return path
  }

  private func noteRelative(_ path: String, _ key: String, _ entry: inout Entry) {
    guard !path.hasPrefix("/"), !path.hasPrefix("~/") else { return }
    entry.warn("\(key) is a relative path, which starts beside the new configuration")
  }
}

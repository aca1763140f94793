internal import ResticInputs

/// reslock's own configuration, read into repositories and the sources that bring more.
struct ConfigurationReader {
  struct Source: Sendable, Equatable {
    let kind: SourceKind
    /// `nil` for the place where the program itself looks.
    let path: String?
    let line: Int
  }

  private(set) var repositories: [RepositorySettings] = []
  private(set) var sources: [Source] = []
  private(set) var warnings: [String] = []
  /// Whether a secret stands in the text itself.
  private(set) var holdsSecret = false

  private let file: String
  private let paths: PathText

  static let settingKeys = [
    "password", "password-file", "password-command", "insecure-no-password", "environment", "options",
    "key-hint", "cacert", "tls-client-cert", "insecure-tls", "host-aliases", "trust-clock", "warning-age",
    "critical-age", "auto-unlock", "auto-unlock-hosts",
  ]

  private static let repositoryKeys = ["location", "location-file"] + settingKeys

  init(_ document: DocumentNode, file: String, environment: Environment) throws(InputError) {
    self.file = file
    paths = PathText(file: file, environment: environment)
    let top = try ConfigurationKeys(document, file: file, path: "")
    try top.expectOnly(["defaults", "sources", "repositories"])
    var defaults = RepositorySettings(name: "", origin: .init(source: nil, file: file, line: 0))
    if let member = top["defaults"] {
      let keys = try ConfigurationKeys(member.value, file: file, path: "defaults")
      try keys.expectOnly(Self.settingKeys)
      try apply(keys, to: &defaults)
    }
    if let member = top["sources"] { try readSources(member) }
    guard let member = top["repositories"] else { return }
    let entries = try ConfigurationKeys(member.value, file: file, path: "repositories")
    repositories.reserveCapacity(entries.members.count)
    for entry in entries.members { try readRepository(entry, entries, defaults) }
  }

  private mutating func readRepository(
    _ entry: DocumentNode.Member, _ entries: ConfigurationKeys, _ defaults: RepositorySettings
  ) throws(InputError) {
    guard Self.isName(entry.key) else {
      throw entries.error(entry, "is no name: letters, digits, dot, dash and underscore make one")
    }
    let origin = RepositorySettings.Origin(source: nil, file: file, line: entry.line)
    var settings = defaults.copied(name: entry.key, origin: origin)
    let keys = try ConfigurationKeys(entry.value, file: file, path: entries.fullName(entry.key))
    try keys.expectOnly(Self.repositoryKeys)
    switch (try keys.text("location"), try keys.text("location-file")) {
    case (let text?, nil): settings.location = .text(paths.location(text))
    case (nil, let path?): settings.location = .file(paths.absolute(path))
    case (nil, nil): throw entries.error(entry, "has no location")
    case (_?, _?): throw entries.error(entry, "has a location and a location-file; keep one")
    }
    try apply(keys, to: &settings)
    repositories.append(settings)
  }

  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 128
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  private mutating func apply(
    _ keys: ConfigurationKeys, to settings: inout RepositorySettings
  ) throws(InputError) {
    if let password = try password(keys) {
      settings.password = password
      settings.isInsecureNoPassword = false
    }
    if try keys.bool("insecure-no-password") == true {
      if let member = keys["insecure-no-password"], try password(keys) != nil {
        throw keys.error(member, "and a password exclude each other")
      }
      settings.password = nil
      settings.isInsecureNoPassword = true
    }
    if let member = keys["environment"] {
      let variables = try environment(member, keys)
      let names = Set(variables.map(\.name))
      settings.environment = settings.environment.filter { !names.contains($0.name) } + variables
    }
    if let options = try options(keys) { settings.options = options }
    settings.keyHint = try keys.text("key-hint") ?? settings.keyHint
    if let paths = try keys.texts("cacert") { settings.caCertificates = paths.map(self.paths.absolute) }
    if let path = try keys.text("tls-client-cert") { settings.tlsClientCertificate = paths.absolute(path) }
    settings.isInsecureTLS = try keys.bool("insecure-tls") ?? settings.isInsecureTLS
    settings.hostAliases = try keys.texts("host-aliases") ?? settings.hostAliases
    settings.trustsClock = try keys.bool("trust-clock") ?? settings.trustsClock
    settings.warningAgeSeconds = try keys.seconds("warning-age") ?? settings.warningAgeSeconds
    settings.criticalAgeSeconds = try keys.seconds("critical-age") ?? settings.criticalAgeSeconds
    settings.autoUnlock =
      try keys.choice("auto-unlock", RepositorySettings.AutoUnlock.self) ?? settings.autoUnlock
    settings.autoUnlockHosts = try keys.texts("auto-unlock-hosts") ?? settings.autoUnlockHosts
  }

  private mutating func password(_ keys: ConfigurationKeys) throws(InputError) -> ValueSource? {
    let given = ["password", "password-file", "password-command"].compactMap { keys[$0] }
    guard let member = given.first else { return nil }
    guard given.count == 1 else {
      throw keys.error(given[1], "and \(member.key) exclude each other; keep one")
    }
    switch member.key {
    case "password-file":
      guard let path = member.value.text, !path.isEmpty else { throw keys.error(member, "takes a path") }
      return .file(paths.absolute(path))
    case "password-command": return .command(try command(member.value, member, keys))
    default:
      let value = try value(member, keys)
      if case .given = value {
        warnings.append(
          "\(file), line \(member.line): \(keys.fullName("password")) stands in plain text; "
            + "name a file, command, variable or keyring instead")
      }
      return value
    }
  }

  /// A text as it is, or a mapping that says where to find it.
  private mutating func value(
    _ member: DocumentNode.Member, _ keys: ConfigurationKeys
  ) throws(InputError) -> ValueSource {
    if let text = member.value.text {
      if Self.isSecretName(member.key) { holdsSecret = true }
      return .given(HiddenText(text))
    }
    guard let choice = member.value.members, choice.count == 1, let first = choice.first else {
      throw keys.error(member, "takes a text, or one of file, command, variable, keyring with its value")
    }
    let inner = try ConfigurationKeys(member.value, file: file, path: keys.fullName(member.key))
    try inner.expectOnly(["file", "command", "variable", "keyring"])
    switch first.key {
    case "file":
      guard let path = first.value.text, !path.isEmpty else { throw inner.error(first, "takes a path") }
      return .file(paths.absolute(path))
    case "command": return .command(try command(first.value, first, inner))
    case "variable":
      guard let name = first.value.text, !name.isEmpty else { throw inner.error(first, "takes a name") }
      return .variable(name)
    default: return .command(try keyring(first, inner))
    }
  }

  private func command(
    _ node: DocumentNode, _ member: DocumentNode.Member, _ keys: ConfigurationKeys
  ) throws(InputError) -> [String] {
    if let text = node.text {
      do {
        return try CommandArguments.split(text, what: "the command")
      } catch {
        throw keys.error(member, "can't be used: \(error.message)")
      }
    }
    guard let arguments = node.texts, let program = arguments.first, !program.isEmpty else {
      throw keys.error(member, "takes a command")
    }
    return arguments
  }

  /// The system's own program that looks a password up: secret-tool, or security on macOS.
  private func keyring(
    _ member: DocumentNode.Member, _ keys: ConfigurationKeys
  ) throws(InputError) -> [String] {
    let attributes = try ConfigurationKeys(
      member.value, file: file, path: keys.fullName(member.key))
    #if os(macOS)
      try attributes.expectOnly(["service", "account"])
      guard let service = try attributes.text("service") else { throw keys.error(member, "needs a service") }
      let account = try attributes.text("account").map { ["-a", $0] } ?? []
      return ["security", "find-generic-password", "-s", service] + account + ["-w"]
    #else
      var arguments = ["secret-tool", "lookup"]
      for attribute in attributes.members {
        guard let text = try attributes.text(attribute.key) else { continue }
        arguments += [attribute.key, text]
      }
      guard arguments.count > 2 else {
        throw keys.error(member, "needs attributes, such as service and account")
      }
      return arguments
    #endif
  }

  private mutating func environment(
    _ member: DocumentNode.Member, _ keys: ConfigurationKeys
  ) throws(InputError) -> [RepositorySettings.Variable] {
    let variables = try ConfigurationKeys(member.value, file: file, path: keys.fullName(member.key))
    var result: [RepositorySettings.Variable] = []
    for variable in variables.members {
      guard !variable.key.isEmpty, !variable.key.utf8.contains(UInt8(ascii: "=")),
        !variable.key.utf8.contains(0)
      else { throw variables.error(variable, "is no name of a variable") }
      let value: ValueSource =
        variable.value.isNull ? .given(HiddenText("")) : try value(variable, variables)
      result.append(.init(name: variable.key, value: value))
    }
    return result
  }

  private func options(_ keys: ConfigurationKeys) throws(InputError) -> [String]? {
    guard let member = keys["options"] else { return nil }
    if let texts = member.value.texts { return texts }
    guard let options = member.value.members else { throw keys.error(member, "takes a mapping or a list") }
    var result: [String] = []
    for option in options {
      guard let text = option.value.text else {
        throw keys.error(member, "has no text for \(option.key)")
      }
      result.append(OptionText.argument(key: option.key, value: text))
    }
    return result
  }

  /// Names that variables with secrets have; identifiers of accounts and keys are none.
  static func isSecretName(_ name: String) -> Bool {
    let letters = name.utf8.map { (0x61...0x7a).contains($0) ? $0 - 0x20 : $0 }
    guard !letters.suffix(3).elementsEqual("_ID".utf8) else { return false }
    return secretWords.contains { word in
      letters.count >= word.count
        && (0...(letters.count - word.count)).contains { letters[$0..<($0 + word.count)].elementsEqual(word) }
    }
  }

  private static let secretWords = ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "_SAS"].map {
    Array($0.utf8)
  }

  private mutating func readSources(_ member: DocumentNode.Member) throws(InputError) {
    guard let elements = member.value.elements else {
      throw ConfigurationKeys.error(file: file, line: member.line, "sources takes a list")
    }
    for element in elements {
      let name = element.text ?? element.members?.first?.key ?? ""
      let path = element.members?.first?.value.text
      let kinds = SourceKind.allCases.map(\.rawValue)
      guard let kind = SourceKind(rawValue: name) else {
        throw ConfigurationKeys.error(
          file: file, line: element.line,
          "sources: \(name.isEmpty ? "a source has no name" : "\(name) is not known")",
          hint: Likeness.closest(to: name, among: kinds).map { "did you mean \($0)?" }
            ?? "known: \(kinds.joined(separator: ", "))")
      }
      guard element.members.map({ $0.count == 1 && path?.isEmpty == false }) ?? true else {
        throw ConfigurationKeys.error(
          file: file, line: element.line, "sources: \(name) takes one path, or none")
      }
      guard path != nil || kind != .env else {
        throw ConfigurationKeys.error(
          file: file, line: element.line, "sources: env has no place of its own; write env: PATH")
      }
      sources.append(.init(kind: kind, path: path.map(paths.absolute), line: element.line))
    }
  }
}

/// An extended option as `-o` takes it.
enum OptionText {
  static func argument(key: String, value: String) -> String {
    let text = "\(key)=\(value)"
    guard text.contains(where: { "\",\n\r".contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}

internal import RepositoryCatalog
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
internal import WallTime

/// The settings of a repository in words, secrets hidden.
enum SettingsText {
  static func location(_ settings: RepositorySettings) -> String {
    switch settings.location {
    case .text(let text): RepositoryLocation.hidingSecrets(in: text)
    case .file(let path): "named in \(path)"
    }
  }

  static func password(_ settings: RepositorySettings) -> String {
    if settings.isInsecureNoPassword { return "the empty one" }
    if let password = settings.password { return password.description }
    let variable = settings.environment.first { $0.name.hasPrefix("RESTIC_PASSWORD") }
    return variable?.name ?? "not configured"
  }

  /// `key: value` lines of all that is set.
  static func lines(_ settings: RepositorySettings) -> [(String, String)] {
    var lines = [("location", location(settings)), ("password", password(settings))]
    func add(_ key: String, _ value: String?) { if let value { lines.append((key, value)) } }
    for variable in settings.environment {
      add("environment", "\(variable.name)=\(value(variable))")
    }
    for option in settings.options { add("option", optionText(option)) }
    add("key hint", settings.keyHint)
    for path in settings.caCertificates { add("cacert", path) }
    add("tls client cert", settings.tlsClientCertificate)
    if settings.isInsecureTLS { add("insecure tls", "yes") }
    if !settings.hostAliases.isEmpty { add("host aliases", settings.hostAliases.joined(separator: ", ")) }
    if settings.trustsClock { add("trust clock", "yes") }
    add("warning age", settings.warningAgeSeconds.map { AgeText.text(seconds: $0) })
    add("critical age", settings.criticalAgeSeconds.map { AgeText.text(seconds: $0) })
    add("auto unlock", autoUnlock(settings))
    add("repository ID", settings.expectedID)
    let origin = settings.origin
    add("from", "\(origin.file)\(origin.line > 0 ? ", line \(origin.line)" : "")")
    for note in settings.notes { add("note", note) }
    add("problem", settings.problem?.message)
    return lines
  }

  private static func autoUnlock(_ settings: RepositorySettings) -> String {
    guard settings.autoUnlock != .off else { return "off" }
    let hosts = settings.autoUnlockHosts.joined(separator: ", ")
    return
      "\(settings.autoUnlock.rawValue), \(hosts.isEmpty ? "and no host is allowed: it removes nothing" : "hosts \(hosts)")"
  }

  /// What is written in the configuration is hidden too: which variables are secret nobody can tell by their names.
  static func value(_ variable: RepositorySettings.Variable) -> String {
    if case .given = variable.value { return "***" }
    return variable.value.description
  }

  /// Options that run commands may hold secrets.
  static func optionText(_ option: String) -> String {
    let name = option.prefix { $0 != "=" }
    let isCommand = ["command", "args", "program"].contains { name.lowercased().hasSuffix(".\($0)") }
    return isCommand ? "\(name)=***" : option
  }
}

/// The settings of a repository as JSON, secrets hidden.
enum SettingsDocument {
  static func json(_ settings: RepositorySettings) -> JSONValue {
    .object([
      ("message_type", .string("repository_settings")), ("schema_version", .integer(1)),
      ("name", .string(settings.fullName)),
      ("location", .string(SettingsText.location(settings))),
      ("password", .string(SettingsText.password(settings))),
      (
        "environment",
        .object(settings.environment.map { ($0.name, .string(SettingsText.value($0))) })
      ),
      ("options", .strings(settings.options.map(SettingsText.optionText))),
      ("key_hint", .optional(settings.keyHint)),
      ("cacert", .strings(settings.caCertificates)),
      ("tls_client_cert", .optional(settings.tlsClientCertificate)),
      ("insecure_tls", .bool(settings.isInsecureTLS)),
      ("host_aliases", .strings(settings.hostAliases)),
      ("trust_clock", .bool(settings.trustsClock)),
      ("warning_age_seconds", .optional(settings.warningAgeSeconds)),
      ("critical_age_seconds", .optional(settings.criticalAgeSeconds)),
      ("auto_unlock", .string(settings.autoUnlock.rawValue)),
      ("auto_unlock_hosts", .strings(settings.autoUnlockHosts)),
      ("repository_id", .optional(settings.expectedID)),
      ("source", .optional(settings.origin.source)),
      ("file", .string(settings.origin.file)),
      ("line", .integer(Int64(settings.origin.line))),
      ("notes", .strings(settings.notes)),
      ("problem", .optional(settings.problem?.message)),
    ])
  }
}

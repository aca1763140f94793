internal import ResticInputs

/// restic's global flags within the flags that another program passes on; others say nothing about the repository.
struct ResticArguments {
  private static let withValue: Set<String> = [
    "-o", "--option", "--cacert", "--tls-client-cert", "-p", "--password-file", "--password-command",
    "--key-hint",
  ]

  /// Takes what `arguments` say into `settings`.
  static func apply(_ arguments: [String], to settings: inout RepositorySettings) throws(InputError) {
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      let cut = argument.hasPrefix("--") ? argument.firstIndex(of: "=") : nil
      let name = cut.map { String(argument[..<$0]) } ?? argument
      if name == "--insecure-tls" { settings.isInsecureTLS = true }
      if name == "--insecure-no-password" { settings.isInsecureNoPassword = true }
      guard withValue.contains(name) else { continue }
      let value: String
      if let cut {
        value = String(argument[argument.index(after: cut)...])
      } else if index < arguments.count {
        value = arguments[index]
        index += 1
      } else {
        throw InputError(.usage, "the flag \(name) has no value")
      }
      try set(name, value, &settings)
    }
  }

  private static func set(
    _ name: String, _ value: String, _ settings: inout RepositorySettings
  ) throws(InputError) {
    switch name {
    case "-o", "--option": settings.options.append(value)
    case "--cacert": settings.caCertificates.append(value)
    case "--tls-client-cert": settings.tlsClientCertificate = value
    case "-p", "--password-file": settings.password = .file(value)
    case "--password-command":
      settings.password = .command(try CommandArguments.split(value, what: "the password command"))
    default: settings.keyHint = value
    }
  }
}

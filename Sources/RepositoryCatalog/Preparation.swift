internal import ResticCrypto
package import ResticInputs
internal import ResticStorage

extension RepositorySettings {
  /// Variables that would name another repository than this one.
  private static let repositoryVariables: Set<String> = ["RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE"]
  private static let passwordVariables: Set<String> = [
    "RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE", "RESTIC_PASSWORD_COMMAND", "RESTIC_KEY_HINT",
  ]

  /// The flags and the environment that lead to this repository, as if restic were set up for it alone.
  ///
  /// Values that come from files or commands are read now, the password is not. What the command line says wins;
  /// nothing reaches the environment of this process or of another repository.
  ///
  /// Of `flags`, the command line's, the repository is left out of account; `base` is the environment that reslock was
  /// started in. Throws `InputError`, also for what makes this repository unusable as configured.
  package func prepared(
    flags given: RepositoryFlags, base: Environment, files: InputFiles = .system
  ) async throws(InputError) -> (flags: RepositoryFlags, environment: Environment) {
    if let problem { throw problem }
    var flags = given
    (flags.repository, flags.repositoryFile) =
      switch location {
      case .text(let text): (text, "")
      case .file(let path): ("", path)
      }
    flags.keyHint = given.keyHint ?? keyHint
    flags.options = try Self.options(own: options, given: given.options)

    var variables: [String: SecretBytes] = [:]
    let reader = PasswordReader(environment: base, files: files, mayAsk: false)
    for variable in environment {
      variables[variable.name] = try await Self.read(variable.value, for: variable.name, reader)
    }
    if !caCertificates.isEmpty {
      variables["RESTIC_CACERT"] = SecretBytes(copying: Array(caCertificates.joined(separator: ",").utf8))
    }
    if let tlsClientCertificate {
      variables["RESTIC_TLS_CLIENT_CERT"] = SecretBytes(copying: Array(tlsClientCertificate.utf8))
    }
    var hidden = Self.repositoryVariables
    if password != nil || isInsecureNoPassword
      || variables.keys.contains(where: Self.passwordVariables.contains)
    {
      hidden.formUnion(Self.passwordVariables)
      // The one that the configuration points at is no stray one of another repository.
      if case .variable(let name) = password { hidden.remove(name) }
    }
    let asksNothingElse =
      given.passwordFile == nil && given.passwordCommand == nil && !given.isInsecureNoPassword
      && given.masterKeyFile == nil
    if asksNothingElse {
      flags.isInsecureNoPassword = isInsecureNoPassword
      switch password {
      case nil: break
      case .file(let path)?: flags.passwordSource = .file(path)
      case .command(let arguments)?: flags.passwordSource = .command(arguments)
      case .variable(let name)?: flags.passwordSource = .variable(name)
      case .given(let hiddenText)?:
        variables["RESTIC_PASSWORD"] = SecretBytes(copying: Array(hiddenText.text.utf8))
        flags.passwordSource = .variable("RESTIC_PASSWORD")
      }
    }
    return (flags, base.changed(hiding: hidden, setting: variables))
  }

  /// How its server is reached, by the command line's flags and by what only a flag says of it.
  package func transportFlags(_ given: TransportFlags) -> TransportFlags {
    var flags = given
    flags.isInsecure = given.isInsecure || isInsecureTLS
    return flags
  }

  private static func read(
    _ value: ValueSource, for name: String, _ reader: PasswordReader
  ) async throws(InputError) -> SecretBytes {
    let source: PasswordSource
    switch value {
    case .given(let hidden): return SecretBytes(copying: Array(hidden.text.utf8))
    case .file(let path): source = .file(path)
    case .command(let arguments): source = .command(arguments)
    case .variable(let name): source = .variable(name)
    }
    guard let read = try await reader.value(of: source, purpose: name) else {
      throw InputError(.usage, "\(source) gives nothing for \(name)")
    }
    return read
  }

  /// The repository's own options less those that the command line gives.
  private static func options(own: [String], given: [String]) throws(InputError) -> [String] {
    guard !given.isEmpty, !own.isEmpty else { return own + given }
    do throws(ExtendedOptionError) {
      let givenKeys = Set(try ExtendedOptions(arguments: given).values.keys)
      let left = try ExtendedOptions(arguments: own).values.filter { !givenKeys.contains($0.key) }
      return left.sorted { $0.key < $1.key }.map { OptionText.argument(key: $0.key, value: $0.value) } + given
    } catch {
      throw InputError(error)
    }
  }
}

internal import ResticCrypto
package import ResticStorage

/// Which repository to open and how, from flags and environment, by restic's precedence
/// (restic manual, "Environment variables").
package struct RepositoryInputs: Sendable {
  package let location: RepositoryLocation
  /// The location as it was given, secrets hidden.
  package let displayName: String
  package let options: ExtendedOptions
  package let key: KeyInput
  /// The beginning of the ID of the key to try first; falls through silently when it matches none.
  package let keyHint: String?

  /// What opens the repository.
  package enum KeyInput: Hashable, Sendable {
    case password(PasswordInput)
    /// A file with what `restic cat masterkey` prints; no password is asked for.
    case masterKey(file: String)
  }

  /// Reads nothing but the file that names the repository; passwords are read when they are needed.
  ///
  /// Throws `InputError` where restic refuses: a repository and a repository file, a password file and a
  /// password command, `--insecure-no-password` with RESTIC_PASSWORD, a location or option that breaks its
  /// grammar. Flags win over variables, each on its own.
  package static func resolve(
    flags: RepositoryFlags, environment: Environment, files: InputFiles = .system
  ) throws(InputError) -> RepositoryInputs {
    let key = try key(flags, environment)
    let options: ExtendedOptions
    do throws(ExtendedOptionError) {
      options = try ExtendedOptions(arguments: flags.options)
    } catch {
      throw InputError(error)
    }
    let text = try locationText(flags, environment, files)
    let location: RepositoryLocation
    do throws(LocationError) {
      location = try RepositoryLocation(parsing: text)
    } catch {
      throw InputError(error)
    }
    do throws(ExtendedOptionError) {
      _ = try options.values(for: location.backend)
    } catch {
      throw InputError(error)
    }
    return RepositoryInputs(
      location: location, displayName: RepositoryLocation.hidingSecrets(in: text), options: options, key: key,
      keyHint: chosen(flags.keyHint, environment["RESTIC_KEY_HINT"]))
  }

  private static func locationText(
    _ flags: RepositoryFlags, _ environment: Environment, _ files: InputFiles
  ) throws(InputError) -> String {
    let repository = chosen(flags.repository, environment["RESTIC_REPOSITORY"])
    guard let file = chosen(flags.repositoryFile, environment["RESTIC_REPOSITORY_FILE"]) else {
      return repository ?? ""
    }
    guard repository == nil else {
      throw InputError(
        .usage, "the repository is given twice: by -r or RESTIC_REPOSITORY, and by a repository file",
        hint: "keep one; -r \"\" or --repository-file \"\" hides the variable")
    }
    let text = try files.read(file, purpose: "the repository file").decodedAndTrimmed().withUnsafeBytes {
      String(decoding: $0, as: UTF8.self)
    }
    guard !text.isEmpty else { throw InputError(.usage, "the repository file \(file) is empty") }
    return text
  }

  private static func key(_ flags: RepositoryFlags, _ environment: Environment) throws(InputError) -> KeyInput
  {
    if let masterKeyFile = flags.masterKeyFile, !masterKeyFile.isEmpty {
      guard flags.passwordFile == nil, flags.passwordCommand == nil, !flags.isInsecureNoPassword else {
        throw InputError(
          .usage, "--master-key opens the repository without a password; leave the password flags out")
      }
      return .masterKey(file: masterKeyFile)
    }
    if let source = flags.passwordSource, flags.passwordFile == nil, flags.passwordCommand == nil,
      !flags.isInsecureNoPassword
    {
      return .password(PasswordInput(source: source))
    }
    let command = chosen(flags.passwordCommand, environment["RESTIC_PASSWORD_COMMAND"])
    let file = chosen(flags.passwordFile, environment["RESTIC_PASSWORD_FILE"])
    let source: PasswordSource?
    switch (command, file) {
    case (_?, _?):
      throw InputError(
        .usage, "the password is given twice: by a password file and by a password command",
        hint: "keep one; --password-file \"\" or --password-command \"\" hides the variable")
    case (let command?, nil):
      source = .command(try CommandArguments.split(command, what: "the password command"))
    case (nil, let file?): source = .file(file)
    case (nil, nil): source = environment["RESTIC_PASSWORD"] == nil ? nil : .variable("RESTIC_PASSWORD")
    }
    if flags.isInsecureNoPassword, case .variable? = source { throw PasswordInput.contradiction }
    return .password(PasswordInput(source: source, isInsecureNoPassword: flags.isInsecureNoPassword))
  }

  /// A flag hides its variable even when it is empty; an empty value is none.
  private static func chosen(_ flag: String?, _ variable: String?) -> String? {
    guard let value = flag ?? variable, !value.isEmpty else { return nil }
    return value
  }
}

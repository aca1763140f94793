internal import ArgumentParser
internal import HostFacts
internal import ResticCrypto
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
internal import StorageBackends

/// restic's ways to name a repository and what opens it, under restic's names.
struct RepositoryOptions: ParsableArguments {
  @Option(
    name: [.customShort("r"), .customLong("repo")],
    help: ArgumentHelp("The repository, as for restic ($RESTIC_REPOSITORY).", valueName: "location"))
  var repository: String?
  @Option(
    help: ArgumentHelp("A file that names the repository ($RESTIC_REPOSITORY_FILE).", valueName: "file"))
  var repositoryFile: String?
  @Option(
    name: [.customShort("p"), .long],
    help: ArgumentHelp("A file with the password ($RESTIC_PASSWORD_FILE).", valueName: "file"))
  var passwordFile: String?
  @Option(
    help: ArgumentHelp("A command that prints the password ($RESTIC_PASSWORD_COMMAND).", valueName: "command")
  )
  var passwordCommand: String?
  @Flag(help: "The repository has the empty password.")
  var insecureNoPassword = false
  @Option(help: ArgumentHelp("The first digits of the key to try first ($RESTIC_KEY_HINT).", valueName: "id"))
  var keyHint: String?
  @Option(
    help: ArgumentHelp(
      "A file with what 'restic cat masterkey' prints, instead of a password.", valueName: "file"))
  var masterKey: String?
  @Option(
    name: [.customShort("o"), .customLong("option")],
    help: ArgumentHelp("An extended option of restic (repeatable).", valueName: "key=value"))
  var option: [String] = []
  @OptionGroup(title: "Network options") var network: NetworkFlags
  @Flag(help: "Allow a key derivation that needs more than 1 GiB of memory or many minutes.")
  var allowKdfMemory = false
  @Flag(help: .hidden)
  var noLock = false
  @Flag(help: .hidden)
  var noCache = false

  var flags: RepositoryFlags {
    var flags = RepositoryFlags()
    flags.repository = repository
    flags.repositoryFile = repositoryFile
    flags.passwordFile = passwordFile
    flags.passwordCommand = passwordCommand
    flags.isInsecureNoPassword = insecureNoPassword
    flags.keyHint = keyHint
    flags.masterKeyFile = masterKey
    flags.options = option
    return flags
  }
}

/// An open way to a repository, and the session that looks at its locks.
struct RepositoryAccess: Sendable {
  let session: RepositorySession
  let storage: RequestCountingStorage
  let connection: StorageConnection
  let surroundings: Surroundings
  let environment: Environment

  /// One look, with something shown where it takes long.
  func look(identifies: Bool) async throws -> Inspection {
    try await Progress.whileWaiting("reading \(TerminalText.escaped(storage.displayName))") {
      try await session.look(identifies: identifies)
    }
  }
}

extension RepositoryOptions {
  /// One look at the repository that the options name.
  ///
  /// Without a password the locks stay unopened and the user is told, unless `locksNeedPassword`: then it is an error.
  func inspect(
    _ context: CommandContext, _ judgement: JudgementFlags, _ output: OutputFlags, identifies: Bool,
    locksNeedPassword: Bool
  ) async throws -> Inspection {
    try await withAccess(context, judgement, output, locksNeedPassword: locksNeedPassword) { access in
      try await access.look(identifies: identifies)
    }
  }

  /// Opens a way to the repository that the options name, for as long as `body` runs.
  ///
  /// Without a password the locks stay unopened and the user is told, unless `locksNeedPassword`: then it is an error.
  func withAccess<Result>(
    _ context: CommandContext, _ judgement: JudgementFlags, _ output: OutputFlags, locksNeedPassword: Bool,
    _ body: (RepositoryAccess) async throws -> Result
  ) async throws -> Result {
    let inputs = try RepositoryInputs.resolve(
      flags: flags, environment: context.environment, files: context.files)
    let connection = try await StorageConnector(
      location: inputs.location, options: inputs.options,
      settings: .resolve(flags: network.flags, environment: context.environment),
      environment: StorageEnvironment(context.environment, files: context.files)
    ).connect()
    let storage = RequestCountingStorage(counting: connection.storage)
    let opener = RepositoryOpener(
      storage: storage, limits: allowKdfMemory ? .unlimited : .standard, keyHint: inputs.keyHint)
    let inspector = Inspector(
      storage: storage, surroundings: context.surroundings,
      options: judgement.options(environment: context.environment),
      locality: Self.locality(of: inputs.location))
    let asJSON = output.json
    let session = RepositorySession(inspector) { config in
      do {
        return try await Self.open(inputs.key, opener, config: config, context)
      } catch let error as InputError where error.kind == .noPassword && !locksNeedPassword {
        CommandFailure(RepositoryError.noPassword).tell(asJSON: asJSON)
        return nil
      }
    }
    let access = RepositoryAccess(
      session: session, storage: storage, connection: connection, surroundings: context.surroundings,
      environment: context.environment)
    do {
      let result = try await body(access)
      await finish(access, output)
      return result
    } catch {
      await finish(access, output)
      throw error
    }
  }

  private func finish(_ access: RepositoryAccess, _ output: OutputFlags) async {
    await access.connection.close()
    if output.verbose > 1 { StandardStreams.tell("requests: \(access.storage.counts)") }
  }

  private static func open(
    _ key: RepositoryInputs.KeyInput, _ opener: RepositoryOpener, config: [UInt8], _ context: CommandContext
  ) async throws -> OpenedRepository {
    switch key {
    case .masterKey(let file):
      let masterKey = try MasterKeyText.parse(try context.files.read(file))
      return try await opener.open(.masterKey(masterKey), config: config)
    case .password(let input):
      let reader = PasswordReader(environment: context.environment, files: context.files)
      var refusal = RepositoryError.noPassword
      let attempt: PasswordAttempt<OpenedRepository, RepositoryError> = try await reader.open(with: input) {
        password in
        do throws(RepositoryError) {
          return .opened(try await opener.open(.password(password), config: config))
        } catch {
          refusal = error
          if case .wrongPassword = error { return .wrongPassword }
          return .failed(error)
        }
      }
      switch attempt {
      case .opened(let repository): return repository
      case .wrongPassword, .failed: throw refusal
      }
    }
  }

  /// The folder of the locks decides; before the first lock there may be none, and then the repository's.
  private static func locality(of location: RepositoryLocation) -> FileSystemLocality? {
    guard case .local(let path) = location else { return nil }
    let root = path.isEmpty ? "." : path
    for folder in ["locks", "lock"] {
      let locality = FileSystemLocality.of("\(root)/\(folder)")
      if case .unknown = locality { continue }
      return locality
    }
    return .of(root)
  }
}

internal import ArgumentParser
internal import HostFacts
internal import ResticCrypto
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
internal import Synchronization

/// restic's ways to name a repository and what opens it, under restic's names.
struct RepositoryOptions: ParsableArguments {
  @Option(
    name: [.customShort("r"), .customLong("repo")],
    help: ArgumentHelp(
      "The repository, as for restic ($RESTIC_REPOSITORY), or @NAME of the configuration.",
      valueName: "location"))
  var repository: [String] = []
  @Option(
    help: ArgumentHelp(
      "The configuration that names repositories ($RESLOCK_CONFIG), if not at its usual place.",
      valueName: "file"))
  var config: String?
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

  /// The flags as given, with one location; `nil` leaves it to the environment.
  func flags(_ location: String?) -> RepositoryFlags {
    var flags = RepositoryFlags()
    flags.repository = location
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
  let target: RepositoryTarget
  let session: RepositorySession
  let storage: RequestCountingStorage
  let connection: StorageConnection
  let surroundings: Surroundings
  let environment: Environment
  let isMany: Bool
  /// Behind a network, where looks cost time and money.
  let isRemote: Bool

  /// One look, with something shown where it takes long.
  func look(identifies: Bool) async throws -> Inspection {
    guard !isMany else { return try await session.look(identifies: identifies) }
    return try await Progress.whileWaiting("reading \(TerminalText.escaped(storage.displayName))") {
      try await session.look(identifies: identifies)
    }
  }
}

extension RepositoryOptions {
  /// One look at the one repository that the options name.
  func inspect(
    _ context: CommandContext, _ judgement: JudgementFlags, _ output: OutputFlags, identifies: Bool,
    locksNeedPassword: Bool
  ) async throws -> Inspection {
    try await withAccess(context, judgement, output, locksNeedPassword: locksNeedPassword) { access in
      try await access.look(identifies: identifies)
    }
  }

  /// Opens a way to the one repository that the options name, for as long as `body` runs.
  ///
  /// Without a password the locks stay unopened and the user is told, unless `locksNeedPassword`: then it is an error.
  /// `target` is what the options name, where that is known already.
  func withAccess<Result>(
    _ context: CommandContext, _ judgement: JudgementFlags, _ output: OutputFlags, locksNeedPassword: Bool,
    target: RepositoryTarget? = nil, _ body: (RepositoryAccess) async throws -> Result
  ) async throws -> Result {
    let look = RepositoryLook(
      target: try target ?? self.target(context), context: context, isMany: false,
      keyGate: Gate(width: CommandContext.coreCount))
    return try await withAccess(
      look, judgement, output, locksNeedPassword: locksNeedPassword,
      remark: { lines in for line in lines { StandardStreams.tell(line) } }, body)
  }

  /// One look at a repository of perhaps several, and what is to be told beside the answer.
  func inspect(
    _ look: RepositoryLook, _ judgement: JudgementFlags, _ output: OutputFlags, identifies: Bool,
    locksNeedPassword: Bool, verifiesPassword: Bool = false
  ) async throws -> (inspection: Inspection, remarks: [String]) {
    try await gatheringRemarks(look, judgement, output, locksNeedPassword: locksNeedPassword) { access in
      let inspection = try await access.look(identifies: identifies)
      if verifiesPassword { try await access.session.verifyPassword() }
      return inspection
    }
  }

  /// Opens a way to a repository of several for as long as `body` runs; also gives what is to be told beside the answer.
  func gatheringRemarks<Result>(
    _ look: RepositoryLook, _ judgement: JudgementFlags, _ output: OutputFlags, locksNeedPassword: Bool,
    _ body: (RepositoryAccess) async throws -> Result
  ) async throws -> (Result, remarks: [String]) {
    let remarks = Remarks()
    let result = try await withAccess(
      look, judgement, output, locksNeedPassword: locksNeedPassword, remark: remarks.add, body)
    return (result, remarks.all)
  }

  /// Opens a way to a repository of perhaps several, for as long as `body` runs.
  ///
  /// Without a password the locks stay unopened and `remark` is told, unless `locksNeedPassword`: then it is an error.
  /// What is read goes through what `wrap` makes of the storage.
  func withAccess<Result>(
    _ look: RepositoryLook, _ judgement: JudgementFlags, _ output: OutputFlags, locksNeedPassword: Bool,
    remark: @escaping @Sendable ([String]) -> Void, wrap: (any Storage) -> any Storage = { $0 },
    _ body: (RepositoryAccess) async throws -> Result
  ) async throws -> Result {
    let (flags, environment) = try await look.target.prepared(look.context)
    let files = look.context.files
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment, files: files)
    let connection = try await look.target.connect(look.context, inputs, environment, network.flags)
    let storage = RequestCountingStorage(counting: wrap(connection.storage))
    let opener = RepositoryOpener(
      storage: storage, limits: allowKdfMemory ? .unlimited : .standard, keyHint: inputs.keyHint,
      turn: look.turn)
    let locality = Self.locality(of: inputs.location)
    let inspector = Inspector(
      storage: storage, surroundings: look.context.surroundings,
      options: look.target.judged(judgement.options(environment: environment)),
      locality: locality, name: look.target.name)
    let asJSON = output.json
    let document =
      look.isMany ? RepositoryDocument.json(name: look.target.name, location: look.target.location) : nil
    let reader = PasswordReader(environment: environment, files: files, mayAsk: !look.isMany)
    let opensLocks = look.opensLocks
    let fetchKeyFiles: RepositorySession.KeyFetching = {
      guard opensLocks, case .password = inputs.key else { return nil }
      // What fails is tried again, and told, when the repository is opened.
      return try? await opener.keyFiles()
    }
    let session = RepositorySession(inspector, fetchKeyFiles: fetchKeyFiles) { config, keyFiles in
      guard opensLocks else { return nil }
      do {
        return try await Self.open(inputs.key, opener, config: config, keyFiles: keyFiles, reader, files)
      } catch let error as InputError where error.kind == .noPassword && !locksNeedPassword {
        remark(CommandFailure(RepositoryError.noPassword).remark(asJSON: asJSON, repository: document))
        return nil
      }
    }
    let access = RepositoryAccess(
      target: look.target, session: session, storage: storage, connection: connection,
      surroundings: look.context.surroundings,
      environment: environment, isMany: look.isMany, isRemote: locality == nil)
    func finish() async {
      await connection.close()
      guard output.verbose > 1 else { return }
      remark([Self.requests("\(storage.counts)", asJSON: asJSON, repository: document)])
    }
    do {
      let result = try await body(access)
      await finish()
      return result
    } catch {
      await finish()
      throw error
    }
  }

  private static func requests(_ counts: String, asJSON: Bool, repository: JSONValue?) -> String {
    guard asJSON else { return "requests: \(counts)" }
    return JSONValue.object(
      [("message_type", .string("requests"))] + (repository.map { [("repository", $0)] } ?? [])
        + [("message", .string(counts))]
    ).text
  }

  /// Opens the repository with what its inputs name, the password asked for where it has to be.
  static func open(
    _ key: RepositoryInputs.KeyInput, _ opener: RepositoryOpener, config: [UInt8],
    keyFiles: KeyFiles? = nil, _ reader: PasswordReader, _ files: InputFiles
  ) async throws -> OpenedRepository {
    switch key {
    case .masterKey(let file):
      let masterKey = try MasterKeyText.parse(try files.read(file, purpose: "the master key"))
      return try await opener.open(.masterKey(masterKey), config: config)
    case .password(let input):
      var refusal = RepositoryError.noPassword
      let attempt: PasswordAttempt<OpenedRepository, RepositoryError> = try await reader.open(with: input) {
        password in
        do throws(RepositoryError) {
          return .opened(try await opener.open(.password(password), config: config, keyFiles: keyFiles))
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
  static func locality(of location: RepositoryLocation) -> FileSystemLocality? {
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

/// What is to be told beside an answer, gathered while it is worked out.
private final class Remarks: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ lines: [String]) { self.lines.withLock { $0 += lines } }
  var all: [String] { lines.withLock { $0 } }
}

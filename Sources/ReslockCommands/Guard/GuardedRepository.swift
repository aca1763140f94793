internal import ResticInputs
internal import ResticLocks
internal import ResticStorage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The repository that a command works on, looked at without taking anything from the command.
///
/// Nobody is asked for a password, and standard input and pipes are left to the command.
struct GuardedRepository: Sendable {
  let options: RepositoryOptions
  let judgement: JudgementFlags
  let journal: JournalOptions
  let target: RepositoryTarget
  let context: CommandContext

  /// What the command's own words (`line`) say of the repository wins over `options`.
  ///
  /// Throws what is wrong with the repository's name or the configuration.
  init(
    _ line: ResticCommandLine?, options: RepositoryOptions, judgement: JudgementFlags,
    journal: JournalOptions,
    context: CommandContext
  ) throws {
    var options = options
    if let line {
      if !line.caCertificates.isEmpty { options.network.cacert = line.caCertificates }
      options.network.tlsClientCert = line.tlsClientCertificate ?? options.network.tlsClientCert
      options.network.insecureTls = line.isInsecureTLS || options.network.insecureTls
    }
    self.options = options
    self.judgement = judgement
    self.journal = journal
    target = try Self.target(line, options, context)
    self.context = CommandContext(
      environment: context.environment, files: Self.filesThatStay, terminal: context.terminal,
      surroundings: context.surroundings)
  }

  private static func target(
    _ line: ResticCommandLine?, _ options: RepositoryOptions, _ context: CommandContext
  ) throws -> RepositoryTarget {
    guard let line else { return try options.target(context) }
    let own = line.flags
    let base = line.namesRepository ? nil : try options.target(context)
    var flags = base?.flags ?? options.flags(nil)
    if line.namesRepository {
      (flags.repository, flags.repositoryFile) = (own.repository, own.repositoryFile)
    }
    if own.passwordFile != nil || own.passwordCommand != nil || own.isInsecureNoPassword {
      (flags.passwordFile, flags.passwordCommand) = (own.passwordFile, own.passwordCommand)
      flags.isInsecureNoPassword = own.isInsecureNoPassword
      flags.masterKeyFile = nil
    }
    flags.keyHint = own.keyHint ?? flags.keyHint
    flags.options += own.options.filter { !flags.options.contains($0) }
    return RepositoryTarget(name: base?.name, settings: base?.settings, flags: flags)
  }

  /// What is read once is gone, and the command needs it: a shell's `<(command)`, `/dev/stdin`.
  private static let filesThatStay = InputFiles { path throws(InputError) in
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw InputError(.noPassword, "\(path) can be read once only, and the command reads it")
    }
    return try InputFiles.system.read(path)
  }

  /// The names of all that lies in `locks/`; needs no password.
  func lockNames() async throws -> Set<String> {
    let inspection = try await access(needsPassword: false) { access in
      try await access.session.look(identifies: false)
    }
    return Set(inspection.assessments.map(\.lock.name))
  }

  /// Opens a way to the repository for as long as `body` runs.
  func access<Result>(
    needsPassword: Bool, _ body: (RepositoryAccess) async throws -> Result
  ) async throws -> Result {
    var look = RepositoryLook(
      target: target, context: context, isMany: true, keyGate: Gate(width: CommandContext.coreCount))
    if !needsPassword { look.opensLocks = false }
    do {
      return try await options.withAccess(
        look, judgement, Self.silent, locksNeedPassword: needsPassword, remark: { _ in }, body)
    } catch let error as InputError where error.kind == .noPassword {
      throw InputError(
        .noPassword, "there are locks, and nothing gives guard the password: \(error.message)",
        hint: "a password file, password command or RESTIC_PASSWORD serves guard and restic alike")
    }
  }

  func unlocker(_ access: RepositoryAccess) throws -> Unlocker {
    Unlocker(
      session: access.session, storage: access.storage, removal: access.connection.lockRemoval(),
      writer: try journal.writer(context), surroundings: context.surroundings)
  }

  /// What a run before the command may remove; `nil` where nothing.
  ///
  /// `unlocks` says that `--unlock` was given, which allows more than the configuration's `auto-unlock`.
  func requestBefore(_ version: ResticVersion, unlocks: Bool) -> UnlockRequest? {
    var request = request(version)
    if unlocks { return request }
    guard let selects = target.autoUnlock else { return nil }
    request.selects = selects
    return request
  }

  func request(_ version: ResticVersion) -> UnlockRequest {
    var request = UnlockRequest()
    request.version = version
    request.isAttended = UnlockCommand.hasPerson
    return request
  }

  private static let silent: OutputFlags = {
    var flags = OutputFlags()
    (flags.json, flags.quiet, flags.verbose) = (false, false, 0)
    return flags
  }()
}

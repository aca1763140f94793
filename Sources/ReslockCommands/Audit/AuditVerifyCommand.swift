internal import ArgumentParser
internal import ResticAudit
internal import ResticCrypto
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage

struct AuditVerifyCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check each byte of an evidence bundle, its signature, and the locks in it.",
    discussion: """
      With the password (and -r, or a bundle made with --include-keys) or --master-key, the authentication code of each \
      lock is checked too. The repository in the environment alone is not looked at. Without --allowed-signers, a \
      signature is checked, and the key that made it is named; whose that is, is for you to know.

      EXIT CODES
        0 the bundle is whole and its signature good; 1 it is not, or can't be read; 12 wrong password.
      """)

  @Argument(help: ArgumentHelp("The evidence.tar of an audit.", valueName: "bundle"))
  var bundle: String
  @Option(
    help: ArgumentHelp("The signers to accept, as ssh-keygen has them (ALLOWED SIGNERS).", valueName: "file"))
  var allowedSigners: String?
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    var verification = BundleVerification(try AuditFileError.read(bundle))
    var remark: String?
    var opened: OpenedRepository?
    if wantsKey(context) {
      (opened, remark) = try await open(context, verification)
    } else {
      remark = "that takes --master-key, or the password with -r or with a bundle made with --include-keys"
    }
    verification.checkLocks(opened)
    let signature = try SignatureCheck.check(
      verification, context.environment, allowedSigners: allowedSigners)
    let answer = VerificationAnswer(
      path: bundle, verification: verification, signature: signature, lockRemark: remark)
    if output.json {
      try StandardStreams.writeAnswer(answer.json.text + "\n")
    } else {
      try StandardStreams.writeAnswer(answer.lines.map { $0 + "\n" }.joined())
    }
    return answer.isGood ? .done : .failed
  }

  private func wantsKey(_ context: CommandContext) -> Bool {
    repository.masterKey != nil || !repository.repository.isEmpty || repository.repositoryFile != nil
      || repository.passwordFile != nil || repository.passwordCommand != nil || repository.insecureNoPassword
  }

  /// The key of the repository that the bundle is of.
  private func open(
    _ context: CommandContext, _ verification: BundleVerification
  ) async throws -> (OpenedRepository?, String?) {
    guard let config = verification.content("config") else {
      return (nil, "the bundle has no config to prove the key on")
    }
    let isElsewhere = !repository.repository.isEmpty || repository.repositoryFile != nil
    let keys = verification.files.filter { $0.name.hasPrefix("keys/") }
    guard isElsewhere || repository.masterKey != nil || !keys.isEmpty else {
      return (nil, "the bundle has no key files: name the repository with -r")
    }
    let target = isElsewhere ? try repository.target(context) : nil
    let (flags, environment) =
      try await target?.prepared(context) ?? (repository.flags("."), context.environment)
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment, files: context.files)
    let connection = try await target?.connect(
      context, inputs, environment, repository.network.flags)
    let opener = RepositoryOpener(
      storage: connection?.storage ?? Self.storage(keys),
      limits: repository.allowKdfMemory ? .unlimited : .standard,
      keyHint: inputs.keyHint)
    let reader = PasswordReader(environment: environment, files: context.files, mayAsk: true)
    do {
      let opened = try await RepositoryOptions.open(inputs.key, opener, config: config, reader, context.files)
      await connection?.close()
      return (opened, nil)
    } catch {
      await connection?.close()
      throw error
    }
  }

  private static func storage(_ keys: [(name: String, content: [UInt8])]) -> InMemoryStorage {
    let storage = InMemoryStorage(displayName: "the bundle")
    for key in keys {
      storage.put(key.content, at: .entry(folder: .keys, name: String(key.name.dropFirst("keys/".count))))
    }
    return storage
  }
}

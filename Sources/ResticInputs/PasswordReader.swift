#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
package import ResticCrypto

/// How opening a repository with one password ended.
package enum PasswordAttempt<Success: Sendable, Failure: Error>: Sendable {
  case opened(Success)
  /// No key opens with this password; another may.
  case wrongPassword
  /// Something else went wrong, which no other password mends.
  case failed(Failure)
}

/// Reads the password from where `PasswordInput` says, as restic reads it.
package struct PasswordReader: Sendable {
  private let environment: Environment
  private let files: InputFiles
  private let input: Int32
  private let messages: Int32
  private let mayAsk: Bool

  /// `input` is the descriptor that a person or a pipe answers on, `messages` the one prompts are written to.
  ///
  /// Without `mayAsk` neither is touched: one answer could not be for many repositories.
  package init(
    environment: Environment = .process, files: InputFiles = .system, input: Int32 = STDIN_FILENO,
    messages: Int32 = STDERR_FILENO, mayAsk: Bool = true
  ) {
    self.environment = environment
    self.files = files
    self.input = input
    self.messages = messages
    self.mayAsk = mayAsk
  }

  /// Reads the password and tries it; a person at a terminal has three tries.
  ///
  /// A source that gives an empty password gives none, as in restic: then the terminal, or else the first line of
  /// standard input, is read. `tryPassword` runs once for a password that was given. The result is that of the
  /// last try. Throws `.noPassword` when the last answer is empty, `.interrupted` when a signal comes while
  /// a person is asked (the terminal is as before, and the signal was sent on to this process).
  package func open<Success: Sendable, Failure: Error>(
    with passwordInput: PasswordInput,
    tryPassword: (SecretBytes) async -> PasswordAttempt<Success, Failure>
  ) async throws(InputError) -> PasswordAttempt<Success, Failure> {
    let given = try await value(of: passwordInput.source)
    if passwordInput.isInsecureNoPassword {
      guard given == nil else { throw PasswordInput.contradiction }
      return await tryPassword(SecretBytes(copying: []))
    }
    if let given { return await tryPassword(given) }
    guard mayAsk else { throw Self.nobodyToAsk(passwordInput.source) }
    guard isatty(input) == 1 else {
      return await tryPassword(try await passwordFromPipe(insteadOf: passwordInput.source))
    }

    var attempt = PasswordAttempt<Success, Failure>.wrongPassword
    for triesLeft in [2, 1, 0] {
      let password = try await TerminalPrompt(terminal: input, messages: messages)
        .ask("enter password for repository: ")
      guard !password.isEmpty else {
        if triesLeft == 0 { throw Self.noPassword }
        messages.write(text: "\(Self.noPassword). Try again\n")
        continue
      }
      attempt = await tryPassword(password)
      guard case .wrongPassword = attempt else { return attempt }
      if triesLeft > 0 { messages.write(text: "wrong password or no key found. Try again\n") }
    }
    return attempt
  }

  private static let waysToGiveOne =
    "give one with -p, --password-command or RESTIC_PASSWORD; --insecure-no-password opens a repository that has none"
  private static let noPassword = InputError(
    .noPassword, "an empty password is not allowed by default", hint: waysToGiveOne)

  private static func nothingGiven(_ source: PasswordSource?) -> InputError {
    InputError(
      .noPassword,
      "\(source.map { "\($0) gives no" } ?? "nothing gives a") password, and standard input has none",
      hint: waysToGiveOne)
  }

  private static func nobodyToAsk(_ source: PasswordSource?) -> InputError {
    InputError(
      .noPassword,
      "it has locks, \(source.map { "\($0) gives no" } ?? "nothing gives its") password, and with many "
        + "repositories nobody is asked",
      hint: "name where the password comes from in the configuration")
  }

  /// What a source gives; `nil` for nothing or an empty value.
  ///
  /// A command is ended when the task is cancelled. `purpose` says in errors what the value is for.
  package func value(
    of source: PasswordSource?, purpose: String = "the password"
  ) async throws(InputError) -> SecretBytes? {
    let password: SecretBytes?
    switch source {
    case nil: password = nil
    case .variable(let name): password = environment.secret(name)
    case .file(let path):
      password = try await OwnThread.run { [files] () throws(InputError) in
        try files.read(path, purpose: purpose).decodedAndTrimmed()
      }
    case .command(let arguments):
      let command = PasswordCommand(arguments: arguments, environment: environment, purpose: purpose)
      let wake = try WakePipe()
      password = try await wake.sendingCancellation { () async throws(InputError) in
        try await OwnThread.run { () throws(InputError) in try command.run(wake) }
      }
    }
    return password?.isEmpty == true ? nil : password
  }

  private func passwordFromPipe(insteadOf source: PasswordSource?) async throws(InputError) -> SecretBytes {
    let line = try await OwnThread.run { [input] () throws(InputError) in
      try LineReader.readFirstLine(of: input)
    }
    guard !line.isEmpty else { throw Self.nothingGiven(source) }
    return line
  }
}

internal import ArgumentParser
internal import HostFacts
internal import ResticLocks
internal import ResticStorage

struct WaitCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until a restic command can run.",
    discussion: """
      Looks again and again, at one listing a look, and ends with the look that finds the way free. Tells on standard \
      error who is waited for and when they refresh their locks. With --unlock it removes what stands in the way and \
      what `reslock unlock --for` would remove, recorded in the same journal; without it, what the configuration's \
      auto-unlock allows. With --json, an object a line.

      EXIT CODES
        0 the command can run; 11 it is still blocked at the end of --timeout; 10 no repository there; 12 wrong or missing \
      password; 1 the repository can't be looked at, or a removed lock's holder lives; 130 interrupted.
      """)
  static let endsOrderlyWhenInterrupted = true

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("The restic command that is to run, such as prune.", valueName: "command"))
  var operation: String
  @Option(help: ArgumentHelp("How long to wait.", valueName: "duration"))
  var timeout: DurationArgument = DurationArgument(seconds: 3600)
  @Option(
    help: ArgumentHelp(
      "Time between two looks: 1s unless said otherwise, 5s for a remote repository.", valueName: "duration"))
  var interval: DurationArgument?
  @Flag(help: "Remove what is in the way and whose holder is gone.")
  var unlock = false
  @Flag(name: .shortAndLong, help: "With --unlock: stand by removals as a person would.")
  var yes = false
  @OptionGroup var journal: JournalOptions
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  /// How much longer than its time a look may take before it is given up.
  private static let graceSeconds: Double = 120

  func validate() throws {
    guard (try? ResticOperation.named(operation)) != nil else {
      throw ValidationError(
        "--for takes a command of restic, such as backup or \"repair index\", not '\(TerminalText.short(operation, characterLimit: 40))'"
      )
    }
    if let interval, interval.seconds < 1 || interval.seconds > 50 {
      throw ValidationError("--interval takes 1s to 50s: a minute without a look is a gap in the watch")
    }
    if timeout.seconds > 366 * 86_400 { throw ValidationError("--timeout takes a year at most") }
    if unlock, judgement.rules == .restic {
      throw ValidationError("--rules restic is for looking only: --unlock needs reslock's own")
    }
    if yes, !unlock { throw ValidationError("--yes goes with --unlock") }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let command = self
    let limit: Duration = .seconds(timeout.seconds + Self.graceSeconds)
    return try await ManyRepositories.outcome(within: limit, cancellationGrace: nil) {
      try await command.wait(context)
    }.get()
  }

  /// What may be removed; `nil` where nothing.
  private func selects(_ target: RepositoryTarget) -> LockSelector? {
    if unlock { return { _ in true } }
    return judgement.rules == .restic ? nil : target.autoUnlock
  }

  private func wait(_ context: CommandContext) async throws -> ExitStatus {
    let operation = try ResticOperation.named(operation)
    let version = try judgement.version()
    return try await repository.withAccess(context, judgement, output, locksNeedPassword: true) { access in
      let selects = selects(access.target)
      let writer = selects == nil ? nil : try journal.writer(context)
      let unlocking = writer.map { writer in
        var request = UnlockRequest()
        request.selects = selects ?? { _ in false }
        request.isAttended = yes || UnlockCommand.hasPerson
        return OperationWaiter.Unlocking(
          Unlocker(
            session: access.session, storage: access.storage, removal: access.connection.lockRemoval(),
            writer: writer, surroundings: context.surroundings), request)
      }
      let waiter = OperationWaiter(
        session: access.session, surroundings: context.surroundings, unlocking: unlocking)
      let settings = OperationWaiter.Settings(
        operation: operation, version: version, timeoutSeconds: timeout.seconds,
        intervalSeconds: interval?.seconds ?? (access.isRemote ? 5 : 1))
      var reporter = WaitReporter(
        context, output, operation: operation, version: version, journal: writer?.journal)
      let result = try await waiter.wait(settings) { reporter.tell($0) }
      reporter.clear()
      if let failure = reporter.failure { throw failure }
      let answer = output.json ? WaitDocument.summary(result).text : WaitText.summary(result)
      let isSilent = output.quiet && !output.json && result.ending == .canRun
      if !isSilent { try StandardStreams.writeAnswer(answer + "\n") }
      return ExitStatus(waiting: result)
    }
  }
}

extension ExitStatus {
  init(waiting result: OperationWaiter.Result) {
    switch result.ending {
    case .canRun: self = .done
    case .timedOut: self = .locked
    case .interrupted: self = .interrupted
    case .alarm: self = .failed
    }
  }
}

internal import ArgumentParser
internal import ProcessSupervision
internal import ResticInputs
internal import ResticLocks

struct GuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard",
    abstract: "Run a command with the repository watched around it.",
    usage: "reslock guard [--for <command>] [--wait <duration>] [--unlock] [<options>] -- <command> ...",
    discussion: """
      Looks first whether restic can run the operation, and starts the command only then: at once, after --wait, or \
      after removing what --unlock may. What the operation is, and which repository it is about, is read from the \
      command where that is restic; else name the operation with --for, and the repository as for any command of \
      reslock. Nothing of guard's own options reaches the command.

      The command has guard's streams, terminal and process group; signals reach it as if guard were not there. After a \
      run that did not end by itself, a lock that it provably left is removed and recorded, as by unlock; any other \
      stays, and guard says why. What guard has to say goes to standard error, with --json as an object a line. Under the \
      name restic (a link) this program is the same guard of the real restic, set up by RESLOCK_RESTIC, RESLOCK_GUARD_WAIT, \
      RESLOCK_GUARD_UNLOCK, RESLOCK_GUARD_TIMEOUT, RESLOCK_GUARD_GRACE and RESLOCK_SHIM_UNLOCK.

      EXIT CODES
        the command's own, or 128 and the signal that ended it; 11 still blocked, and not started; 125 guard itself \
      failed; 127 the command is not found; 64 wrong usage; 130 interrupted before the start.
      """)

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "What the command does, where it is not restic itself: backup, prune, … (repeatable).",
      valueName: "command"))
  var operations: [String] = []
  @Option(help: ArgumentHelp("Wait so long for a blocked operation.", valueName: "duration"))
  var wait: DurationArgument?
  @Flag(
    help: "Remove what is in the way and what unlock would remove; without it, what auto-unlock allows.")
  var unlock = false
  @Option(
    help: ArgumentHelp(
      "End the command after so long: SIGINT, SIGTERM halfway through --grace, then SIGKILL to all it started.",
      valueName: "duration"))
  var timeout: DurationArgument?
  @Option(
    help: ArgumentHelp(
      "What the command has to end after --timeout: 1m unless said otherwise.", valueName: "duration"))
  var grace = DurationArgument(seconds: 60)
  @OptionGroup var journal: JournalOptions
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags
  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The command and its arguments.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else { throw ValidationError("name a command behind --") }
    if judgement.rules == .restic { throw ValidationError("guard judges by reslock's own rules") }
    for operation in operations where (try? ResticOperation.named(operation)) == nil {
      throw ValidationError(
        "--for takes a command of restic, such as backup or \"repair index\", not "
          + "'\(TerminalText.short(operation, characterLimit: 40))'")
    }
  }

  var settings: GuardSettings {
    var settings = GuardSettings()
    settings.waitSeconds = wait?.seconds ?? 0
    settings.unlocks = unlock
    settings.timeoutSeconds = timeout?.seconds
    settings.graceSeconds = grace.seconds
    return settings
  }

  /// Runs the command; returns its exit code, or what kept it from being started.
  func runGuard(_ start: ProgramStart) async -> Int32 {
    let context = CommandContext.system()
    do {
      return try await runGuard(start, context)
    } catch {
      let failure = CommandFailure(error)
      let code = GuardExit.code(of: error)
      failure.tell(asJSON: output.json, code: code)
      return code
    }
  }

  private func runGuard(_ start: ProgramStart, _ context: CommandContext) async throws -> Int32 {
    let name = command.first ?? ""
    let line =
      ResticProgram.isRestic(name, environment: context.environment)
      ? ResticCommandLine(Array(command.dropFirst())) : nil
    let named = try operations.map(ResticOperation.named)
    let plan = GuardPlan(
      operations: named.isEmpty ? [line?.operation].compactMap(\.self) : named,
      version: try judgement.version())
    guard line != nil || !named.isEmpty else {
      CommandFailure(
        .usage, "what \(name) does to the repository is not known",
        hint: "name it: --for backup, or any other command of restic"
      ).tell(asJSON: output.json)
      return ExitStatus.usage.rawValue
    }
    // Before anything is waited for.
    let program = try CommandProgram(command, searchPath: context.environment["PATH"])
    let voice = GuardVoice(isJSON: output.json, isQuiet: output.quiet)
    let run = GuardRun(program: program, inherited: start.signals, settings: settings, voice: voice)
    guard plan.strictest != nil else {
      if timeout == nil { try program.replaceOurselves(start.signals) { Interruption.hasCome } }
      return try await run.run(nil, earlierNames: [])
    }
    let watch = GuardWatch(
      repository: try GuardedRepository(
        line, options: repository, judgement: judgement, journal: journal, context: context),
      plan: plan, settings: settings, voice: voice)
    let way = try await Interruption.cancelling(Task { try await watch.before() })
    switch way {
    case .open(let names): return try await run.run(watch, earlierNames: names)
    case .blocked: return ExitStatus.locked.rawValue
    case .interrupted: return ExitStatus.interrupted.rawValue
    }
  }
}

/// The exits of `guard` that are none of its command's (DESIGN "Command line").
enum GuardExit {
  static let failed: Int32 = 125
  static let commandNotFound: Int32 = 127

  static func code(of error: any Error) -> Int32 {
    if (error as? SupervisionError)?.kind == .commandNotFound { return commandNotFound }
    return CommandFailure(error).status == .interrupted ? ExitStatus.interrupted.rawValue : failed
  }
}

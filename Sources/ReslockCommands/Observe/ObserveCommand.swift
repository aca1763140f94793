internal import ArgumentParser
internal import HostFacts
internal import ResticInputs
internal import ResticLocks

struct ObserveCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "observe",
    abstract: "Watch the locks: who refreshes, who is silent, who goes.",
    discussion: """
      A living restic replaces its lock every 5 minutes; watching that needs no clock to be right. Ends early when \
      every lock is decided. What was seen is remembered for later runs. With --json, one object an event, a line each.

      -r may be repeated, and --all takes every repository of the configuration: they are watched at the same time, each \
      event under its repository's name, and summed up when all watches have ended.

      EXIT CODES
        0 the watch ended; 1 some lock could not be read; 10 no repository there; 12 wrong or missing password; \
      130 interrupted.
      """)
  static let endsOrderlyWhenInterrupted = true

  @Option(name: .customLong("for"), help: ArgumentHelp("How long to watch.", valueName: "duration"))
  var duration: DurationArgument = DurationArgument(seconds: 360)
  @Option(help: ArgumentHelp("Time between two looks.", valueName: "duration"))
  var interval: DurationArgument = DurationArgument(seconds: 10)
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var many: ManyOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if interval.seconds < 1 || interval.seconds > 50 {
      throw ValidationError("--interval takes 1s to 50s: a minute without a look is a gap in the watch")
    }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let targets = try repository.targets(context, many)
    let command = self
    return try await targets.answer(context, many.watches(seconds: duration.seconds), output) { look in
      guard look.isMany else {
        return try await command.repository.withAccess(
          context, command.judgement, command.output, locksNeedPassword: true, target: look.target
        ) { try await command.watch($0, context) }
      }
      var (answer, remarks) = try await command.repository.gatheringRemarks(
        look, command.judgement, command.output, locksNeedPassword: true
      ) { try await command.watch($0, context) }
      answer.remarks += remarks
      return answer
    }
  }

  /// Watches one repository: its events are told as they are seen, and the answer sums up.
  private func watch(_ access: RepositoryAccess, _ context: CommandContext) async throws -> RepositoryAnswer {
    let observer = LockObserver(session: access.session, surroundings: context.surroundings)
    let settings = LockObserver.Settings(seconds: duration.seconds, intervalSeconds: interval.seconds)
    let version = try judgement.version()
    let display = ObserveDisplay(
      isShown: !output.json && !output.quiet && !access.isMany, term: context.environment["TERM"])
    let target = access.isMany ? access.target : nil
    var failure: (any Error)?
    let result = try await observer.watch(settings) { inspection, secondsLeft in
      display.show(inspection, secondsLeft: secondsLeft)
    } onEvent: { event in
      display.clear()
      do {
        if output.json {
          let document = ObserveDocument.json(event, of: target, version: version)
          try StandardStreams.writeAnswer(document.text + "\n")
        } else if !output.quiet {
          try StandardStreams.writeAnswer(ObserveText.line(event, of: target?.title) + "\n")
        }
      } catch {
        failure = failure ?? error
      }
    }
    display.clear()
    if let failure { throw failure }
    let lines =
      output.json
      ? [ObserveDocument.summary(result, version: version).text]
      : ObserveText.summary(result, context.terminal)
    return RepositoryAnswer(
      lines: lines, status: result.wasInterrupted ? .interrupted : ExitStatus(reading: result.inspection))
  }
}

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
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if interval.seconds < 1 || interval.seconds > 50 {
      throw ValidationError("--interval takes 1s to 50s: a minute without a look is a gap in the watch")
    }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    try await repository.withAccess(context, judgement, output, locksNeedPassword: true) { access in
      let observer = LockObserver(session: access.session, surroundings: context.surroundings)
      let settings = LockObserver.Settings(seconds: duration.seconds, intervalSeconds: interval.seconds)
      let version = try judgement.version()
      let display = ObserveDisplay(
        isShown: !output.json && !output.quiet, term: context.environment["TERM"])
      var failure: (any Error)?
      let result = try await observer.watch(settings) { inspection, secondsLeft in
        display.show(inspection, secondsLeft: secondsLeft)
      } onEvent: { event in
        display.clear()
        do {
          if output.json {
            try StandardStreams.writeAnswer(ObserveDocument.json(event, version: version).text + "\n")
          } else if !output.quiet {
            try StandardStreams.writeAnswer(ObserveText.line(event) + "\n")
          }
        } catch {
          failure = failure ?? error
        }
      }
      display.clear()
      if let failure { throw failure }
      if output.json {
        try StandardStreams.writeAnswer(ObserveDocument.summary(result, version: version).text + "\n")
      } else {
        let lines = ObserveText.summary(result, context.terminal)
        try StandardStreams.writeAnswer(lines.map { $0 + "\n" }.joined())
      }
      return result.wasInterrupted ? .interrupted : ExitStatus(reading: result.inspection)
    }
  }
}

internal import ArgumentParser
internal import ResticLocks

/// What may go, and under which conditions.
struct UnlockOptions: ParsableArguments {
  @Option(
    name: .customLong("id"),
    help: ArgumentHelp("Only this lock, by the first digits of its ID (repeatable).", valueName: "id"))
  var ids: [String] = []
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Only what stands in the way of this restic command; exit 11 if it is still blocked.",
      valueName: "command"))
  var operation: String?
  @Flag(help: "Also leftovers of uploads, empty and damaged files that have not changed for half an hour.")
  var damaged = false
  @Flag(help: "With --id: that lock, whatever its verdict. On a terminal, its ID is asked for.")
  var force = false
  @Flag(
    name: .shortAndLong, help: "Answer the question of --force, and stand by the removal as a person would.")
  var yes = false
  @Flag(name: [.customShort("n"), .long], help: "Show what would go and what would stay; change nothing.")
  var dryRun = false
  @Flag(help: "Keep no record, so that nothing can be undone; only together with --yes.")
  var noJournal = false
  @Option(help: ArgumentHelp("Watch so long first; a lock refreshed meanwhile stays.", valueName: "duration"))
  var observe: DurationArgument?
  @Option(
    help: ArgumentHelp("Watch so long afterwards for holders that live after all.", valueName: "duration"))
  var confirm: DurationArgument?
  @Option(help: ArgumentHelp("Time between two looks while watching.", valueName: "duration"))
  var interval: DurationArgument = DurationArgument(seconds: 10)

  func validate() throws {
    if force, ids.isEmpty { throw ValidationError("--force takes a single lock: name it with --id") }
    if noJournal, !yes { throw ValidationError("--no-journal gives up every undo: it wants --yes too") }
    if interval.seconds < 1 { throw ValidationError("--interval takes at least 1s") }
    if let operation, (try? ResticOperation.named(operation)) == nil {
      throw ValidationError(
        "--for takes a command of restic, such as backup or \"repair index\", not '\(TerminalText.short(operation, characterLimit: 40))'"
      )
    }
  }
}

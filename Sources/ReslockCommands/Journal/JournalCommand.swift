internal import ArgumentParser
internal import ResticLocks

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Show what was removed, by whom and why; check that the record is whole.",
    subcommands: [JournalListCommand.self, JournalVerifyCommand.self],
    defaultSubcommand: JournalListCommand.self)
}

struct JournalListCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the removals that the journal holds, newest last.")

  @OptionGroup var journal: JournalOptions
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let journal = try journal.journal(context)
    let history = try JournalHistory(journal)
    if output.json {
      for removal in history.removals {
        try StandardStreams.writeAnswer(JournalDocument.json(removal).text + "\n")
      }
    } else {
      try StandardStreams.writeAnswer(
        JournalText.lines(history.removals, context.terminal).map { $0 + "\n" }.joined())
      if history.removals.isEmpty {
        StandardStreams.tell("no removals in \(TerminalText.escaped(journal.path))")
      }
    }
    for problem in history.breaks {
      StandardStreams.tell("warning: line \(problem.lineNumber): \(problem.problem)")
    }
    return .done
  }
}

struct JournalVerifyCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Find any edit, reorder or cut in the journal.",
    discussion: """
      Each line is chained to the one before it. A cut at the end leaves no trace in the file itself: --head takes the \
      hash that a removal printed, and finds it.

      EXIT CODES
        0 the journal is whole; 1 it is not, or can't be read.
      """)

  @Option(help: ArgumentHelp("A hash that a removal printed; it must be in the chain.", valueName: "hash"))
  var head: String?
  @OptionGroup var journal: JournalOptions
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let journal = try journal.journal(context)
    let history = try JournalHistory(journal)
    var problems = history.breaks.map { "line \($0.lineNumber): \($0.problem)" }
    if let head, !history.contains(head: head) {
      problems.append(
        "the head \(TerminalText.short(head, characterLimit: 70)) is not in it: lines at its end were cut, or it is another journal"
      )
    }
    if output.json {
      try StandardStreams.writeAnswer(JournalDocument.verification(history, journal, problems).text + "\n")
    } else {
      let interrupted = history.interruptions.map { interruption in
        "an interrupted run left \(interruption.byteCount) bytes"
          + (interruption.isSealed ? ", sealed by the next one" : " at the end, which the next run seals")
      }
      let verdict =
        problems.isEmpty
        ? "the journal is whole: \(history.lineCount) lines"
          + (history.head.map { ", head \($0.hash)" } ?? "")
        : "the journal was changed"
      try StandardStreams.writeAnswer((problems + interrupted + [verdict]).map { $0 + "\n" }.joined())
    }
    return problems.isEmpty ? .done : .failed
  }
}

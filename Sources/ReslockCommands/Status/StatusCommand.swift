internal import ArgumentParser
internal import ResticLocks

struct StatusCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say on one screen who holds the repository, what is blocked, and what to do.",
    discussion: """
      A repository without locks is answered at once and without the password. With locks, the password is needed \
      to tell who holds them; without one, status says what the files alone tell and exits with 12.

      EXIT CODES
        0 all was read, locked or not; 1 some lock could not be read; 10 no repository there; \
      12 wrong or missing password.
      """)

  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let inspection = try await repository.inspect(
      context, judgement, output, identifies: output.json, locksNeedPassword: false)
    let version = try judgement.version()
    let summary = OperationSummary(inspection.obstacles, version: version)
    if output.json {
      let document = StatusDocument.json(inspection, summary, version: version)
      try StandardStreams.writeAnswer(document.text + "\n")
    } else {
      let text = StatusText(
        inspection: inspection, summary: summary, terminal: context.terminal,
        isVerbose: output.verbose > 0)
      try StandardStreams.writeAnswer(text.lines().joined(separator: "\n") + "\n")
    }
    return ExitStatus(reading: inspection)
  }
}

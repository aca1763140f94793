internal import ArgumentParser
internal import ResticLocks

struct StatusCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say on one screen who holds the repository, what is blocked, and what to do.",
    discussion: """
      A repository without locks is answered at once and without the password. With locks, the password is needed \
      to tell who holds them; without one, status says what the files alone tell and exits with 12.

      -r may be repeated, and --all takes every repository of the configuration: they are looked at side by side, \
      each answered under its name. A line of JSON each, errors too.

      EXIT CODES
        0 all was read, locked or not; 1 some lock could not be read; 10 no repository there; \
      12 wrong or missing password. Of several repositories the worst: 130, 1, 64, 10, 12, 0.
      """)

  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var many: ManyOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let version = try judgement.version()
    let (repository, judgement, output) = (repository, judgement, output)
    return try await repository.answer(context, many, output) { look in
      let (inspection, remarks) = try await repository.inspect(
        look, judgement, output, identifies: output.json, locksNeedPassword: false)
      let summary = OperationSummary(inspection.obstacles, version: version)
      let status = ExitStatus(reading: inspection)
      if output.json {
        let document = StatusDocument.json(inspection, summary, version: version)
        return RepositoryAnswer(lines: [document.text], remarks: remarks, status: status)
      }
      let text = StatusText(
        inspection: inspection, summary: summary, terminal: context.terminal, isVerbose: output.verbose > 0)
      return RepositoryAnswer(lines: text.lines(), remarks: remarks, status: status)
    }
  }
}

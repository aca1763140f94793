internal import ArgumentParser
internal import ResticLocks

struct ShowCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about a lock: record, file, evidence item by item, verdict and its rule.",
    discussion: """
      An ID may be shortened as long as it is unambiguous. With --json, one object a lock, a line each.

      EXIT CODES
        0 all was read; 1 no such lock, or it could not be read; 10 no repository there; \
      12 wrong or missing password.
      """)

  @Argument(help: ArgumentHelp("IDs of locks, or their first digits.", valueName: "id"))
  var ids: [String]
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let inspection = try await repository.inspect(
      context, judgement, output, identifies: output.json, locksNeedPassword: true)
    let version = try judgement.version()
    let chosen = try ids.map { try LockSelection.find($0, in: inspection.assessments) }
    let blocks = chosen.map { assessment in
      output.json
        ? ShowDocument.json(assessment, of: inspection, version: version).text
        : ShowText(assessment: assessment, version: version, terminal: context.terminal).lines()
          .joined(separator: "\n")
    }
    try StandardStreams.writeAnswer(blocks.joined(separator: output.json ? "\n" : "\n\n") + "\n")
    return chosen.contains { $0.verdict == .unreadable } ? .failed : .done
  }
}

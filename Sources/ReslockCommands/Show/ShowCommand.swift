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
    let version = try judgement.version()
    let (inspection, chosen, writers) = try await repository.withAccess(
      context, judgement, output, locksNeedPassword: true
    ) { access in
      let inspection = try await access.look(identifies: output.json)
      let chosen = try ids.map { try LockSelection.find($0, in: inspection.assessments) }
      var writers: SnapshotWriters?
      if chosen.contains(where: { $0.lock.record != nil && $0.purpose == nil }),
        let opened = try await access.session.openedRepository()
      {
        writers = await SnapshotWriters(readingFrom: access.storage, opened)
      }
      return (inspection, chosen, writers)
    }
    let blocks = chosen.map { assessment in
      let purpose = writers?.purpose(of: assessment) ?? assessment.purpose
      return output.json
        ? ShowDocument.json(assessment, purpose: purpose, of: inspection, version: version).text
        : ShowText(assessment: assessment, purpose: purpose, version: version, terminal: context.terminal)
          .lines().joined(separator: "\n")
    }
    try StandardStreams.writeAnswer(blocks.joined(separator: output.json ? "\n" : "\n\n") + "\n")
    return chosen.contains { $0.verdict == .unreadable } ? .failed : .done
  }
}

internal import ArgumentParser
internal import ResticLocks

struct ListCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the locks, a row each: kind, age, holder, verdict.",
    discussion: """
      Ages count from the last refresh. With --json, one object with every lock, its evidence and what it blocks; \
      with -q, only the full IDs.

      EXIT CODES
        0 all was read, locked or not; 1 some lock could not be read; 10 no repository there; \
      12 wrong or missing password.
      """)

  @OptionGroup var repository: RepositoryOptions
  @OptionGroup(title: "Filters") var filter: LockFilter
  @Option(help: "Order of the rows: \(LockSort.allCases.map(\.rawValue).joined(separator: ", ")).")
  var sort: LockSort = .age
  @Flag(help: "Turn the order round.")
  var reverse = false
  @Flag(
    name: [.customShort("w"), .long],
    help: "Full IDs, IDs of user and group, both times, size and the first reason.")
  var wide = false
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let inspection = try await repository.inspect(
      context, judgement, output, identifies: output.json, locksNeedPassword: false)
    var assessments = sort.sorted(inspection.assessments.filter(filter.admits))
    if reverse { assessments.reverse() }
    if output.json {
      let version = try judgement.version()
      for piece in await ListDocument.pieces(inspection, assessments, version: version) {
        try StandardStreams.writeAnswer(piece)
      }
    } else if output.quiet {
      try StandardStreams.writeAnswer(assessments.map { TerminalText.escaped($0.lock.name) + "\n" }.joined())
    } else {
      let lines = ListText(assessments: assessments, isWide: wide, terminal: context.terminal).lines()
      try StandardStreams.writeAnswer(lines.map { $0 + "\n" }.joined())
      if lines.isEmpty {
        StandardStreams.tell(inspection.assessments.isEmpty ? "no locks" : "no lock matches")
      }
    }
    return ExitStatus(reading: inspection)
  }
}

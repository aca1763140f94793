internal import ArgumentParser
internal import ResticLocks

struct ListCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the locks, a row each: kind, age, holder, verdict.",
    discussion: """
      Ages count from the last refresh. With --json, one object with every lock, its evidence and what it blocks; \
      with -q, only the full IDs. -r may be repeated, and --all takes every repository of the configuration: each is \
      answered under its name, a line of JSON each; with -q the name stands before each ID.

      EXIT CODES
        0 all was read, locked or not; 1 some lock could not be read; 10 no repository there; \
      12 wrong or missing password. Of several repositories the worst: 130, 1, 64, 10, 12, 0.
      """)

  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var many: ManyOptions
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
    let command = try listing
    return try await repository.answer(context, many, output) { look in try await command.answer(look) }
  }

  private var listing: Listing {
    get throws {
      Listing(
        repository: repository, filter: filter, sort: sort, reverse: reverse, wide: wide,
        judgement: judgement,
        output: output, version: try judgement.version())
    }
  }
}

/// What `list` answers of each repository.
private struct Listing: Sendable {
  let repository: RepositoryOptions
  let filter: LockFilter
  let sort: LockSort
  let reverse: Bool
  let wide: Bool
  let judgement: JudgementFlags
  let output: OutputFlags
  let version: ResticVersion

  func answer(_ look: RepositoryLook) async throws -> RepositoryAnswer {
    var (inspection, remarks) = try await repository.inspect(
      look, judgement, output, identifies: output.json, locksNeedPassword: false)
    var assessments = sort.sorted(inspection.assessments.filter(filter.admits))
    if reverse { assessments.reverse() }
    let status = ExitStatus(reading: inspection)
    if output.json {
      let pieces = await ListDocument.pieces(
        inspection, assessments, version: version)
      return RepositoryAnswer(pieces: pieces, remarks: remarks, status: status)
    }
    if output.quiet {
      let prefix = look.isMany ? TerminalText.escaped(look.target.title) + " " : ""
      return RepositoryAnswer(
        lines: assessments.map { prefix + TerminalText.escaped($0.lock.name) }, remarks: remarks,
        status: status)
    }
    let text = ListText(assessments: assessments, isWide: wide, terminal: look.context.terminal)
    let lines = text.lines()
    if lines.isEmpty { remarks.append(inspection.assessments.isEmpty ? "no locks" : "no lock matches") }
    return RepositoryAnswer(lines: lines, remarks: remarks, status: status)
  }
}

internal import WallTime
internal import ResticStorage
internal import ArgumentParser
internal import HostFacts
internal import ResticLocks

struct UndoCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Put removed locks back: the same bytes under the same name.",
    discussion: """
      Takes what the journal recorded of this repository. A lock that conflicts with one that was taken since is put \
      back only with --force. Without locks in the repository, no password is needed.

      EXIT CODES
        0 all is back or was there; 1 a lock was refused or could not be put back, or the journal holds no such \
      removal; 10 no repository there; 12 wrong or missing password.
      """)
  static let endsOrderlyWhenInterrupted = true

  @Argument(help: ArgumentHelp("IDs of removed locks, or their first digits.", valueName: "id"))
  var ids: [String] = []
  @Flag(help: "All that the last run removed.")
  var last = false
  @Flag(help: "Also beside locks that were taken since and conflict with it.")
  var force = false
  @OptionGroup var journal: JournalOptions
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if last == !ids.isEmpty { throw ValidationError("name the locks to put back, or say --last") }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let writer = try journal.writer(context)
    let history = try JournalHistory(writer.journal)
    JournalText.warn(of: history)
    return try await repository.withAccess(context, judgement, output, locksNeedPassword: true) { access in
      let inspection = try await access.look(identifies: true)
      let chosen = try choose(history, inspection)
      let restorer = LockRestorer(
        removal: access.connection.lockRemoval(), writer: writer, surroundings: context.surroundings)
      let earlier = history.removals.filter { $0.isOf(inspection) }
      let outcomes = try await restorer.restore(
        chosen, into: inspection, earlier: earlier, isForced: force)
      try answer(outcomes, inspection)
      let isDone = outcomes.allSatisfy { $0.kind == .restored || $0.kind == .alreadyThere }
      if Task.isCancelled { return .interrupted }
      return isDone ? .done : .failed
    }
  }

  private func choose(_ history: JournalHistory, _ inspection: Inspection) throws -> [JournalRemoval] {
    let recorded = history.removals.filter { $0.isOf(inspection) }
    guard !last else {
      // A run that was interrupted may have removed a lock without being able to say so.
      let ours = recorded.filter(\.mayHaveRemoved)
      guard let runID = ours.last?.runID else {
        throw JournalError(.nothingFound, "the journal holds no removal from this repository")
      }
      return ours.filter { $0.runID == runID }
    }
    return try ids.map { prefix in
      // Also one that vanished before its turn: its bytes are there, and it is asked for by its name.
      let matches = recorded.filter { $0.name.hasPrefix(prefix.lowercased()) }
      let names = Set(matches.map(\.name))
      guard let match = matches.last(where: \.mayHaveRemoved) ?? matches.last, !prefix.isEmpty else {
        throw JournalError(
          .nothingFound,
          "the journal holds no removal of \(TerminalText.short(prefix, characterLimit: 70)) from this repository",
          hint: "see what it holds with reslock journal")
      }
      guard names.count == 1 else {
        throw LockSelectionError.ambiguous(
          prefix, names: names.sorted().prefix(5).map { $0 }, count: names.count)
      }
      return match
    }
  }

  private func answer(_ outcomes: [RestorationOutcome], _ inspection: Inspection) throws {
    if output.json {
      let document = JSONValue.object([
        ("message_type", .string("undo")), ("schema_version", .integer(1)),
        ("repository", RepositoryDocument.json(inspection)),
        (
          "locks",
          .array(
            outcomes.map { outcome in
              .object([
                ("id", .string(outcome.removal.name)), ("outcome", .string(outcome.kind.rawValue)),
                ("reason", .string(outcome.reason)), ("removed_at", .string(outcome.removal.time.rfc3339)),
              ])
            })
        ),
      ])
      return try StandardStreams.writeAnswer(document.text + "\n")
    }
    let lines = outcomes.map { outcome in
      let word = outcome.kind.rawValue.replacing("_", with: " ")
      return
        "\(word)  \(TerminalText.escaped(String(outcome.removal.name.prefix(8))))  \(TerminalText.escaped(outcome.reason))\n"
    }
    try StandardStreams.writeAnswer(lines.joined())
  }
}

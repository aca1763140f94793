internal import ResticStorage
internal import ArgumentParser
internal import HostFacts
internal import ResticInputs
internal import ResticLocks

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

struct UnlockCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock",
    abstract: "Remove exactly the locks whose holder is gone, and keep their bytes for undo.",
    discussion: """
      Removes dead, superseded and expired locks; every other lock stays, with the reason. A selection narrows what \
      may go. Each removal is recorded with the lock's bytes before it happens, and `reslock undo` takes it back. \
      There is no way to remove all locks at once.

      With --dry-run, -r may be repeated, and --all takes every repository of the configuration; each is answered under \
      its name. Removals happen in one repository a run.

      EXIT CODES
        0 all was decided, also when nothing had to go; 1 a removal failed, a lock can't be read, or a removed lock's \
      holder lives; 10 no repository there; 11 the command of --for is still blocked; 12 wrong or missing password; \
      130 interrupted.
      """)
  static let endsOrderlyWhenInterrupted = true

  @OptionGroup var unlock: UnlockOptions
  @OptionGroup(title: "Selection") var filter: LockFilter
  @OptionGroup var journal: JournalOptions
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var many: ManyOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if unlock.force, judgement.rules == .restic {
      throw ValidationError("--rules restic shows what restic would remove: it takes no --force")
    }
    if unlock.noJournal, journal.path != nil {
      throw ValidationError("--no-journal and --journal exclude each other")
    }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let targets = try repository.targets(context, many)
    if unlock.dryRun || judgement.rules == .restic { return try await preview(targets, context) }
    guard !targets.isMany, let target = targets.targets.first else {
      throw UsageError(
        description: "unlock removes in one repository a run; --dry-run shows what would go in several")
    }
    // Before anything is asked or read, as nothing is removed without it.
    let writer = unlock.noJournal ? nil : try journal.writer(context)
    return try await repository.withAccess(
      context, judgement, output, locksNeedPassword: true, target: target
    ) { access in
      let inspection = try await firstLook(access)
      var request = try request(inspection)
      try await confirmForce(request.forcedNames, in: inspection)
      let unlocker = Unlocker(
        session: access.session, storage: access.storage, removal: access.connection.lockRemoval(),
        writer: writer,
        surroundings: context.surroundings, progress: Self.progress)
      let earlier = try unlocker.earlierSightings(in: inspection)
      if earlier.contains(where: { $0.kind == .alarm }) {
        request.haltReason =
          "the holder of a lock that was removed before was seen alive, so nothing more is removed"
      }
      var report = try await unlocker.run(inspection, request)
      report.sightings = earlier + report.sightings
      if let confirm = unlock.confirm, report.count(.removed) > 0, !report.wasInterrupted {
        await unlocker.confirm(&report, seconds: confirm.seconds, intervalSeconds: unlock.interval.seconds)
      }
      return try answer(report, writer: writer, context).write()
    }
  }

  /// Shows what would go, in each repository, and changes nothing.
  private func preview(_ targets: RepositoryTargets, _ context: CommandContext) async throws -> ExitStatus {
    guard !targets.isMany || unlock.ids.isEmpty else {
      throw UsageError(description: "--id names a lock of one repository, and there are several")
    }
    let command = self
    let looks = unlock.observe.map { many.watches(seconds: $0.seconds) } ?? many.looks
    return try await targets.answer(context, looks, output) { look in
      let (report, remarks) = try await command.repository.gatheringRemarks(
        look, command.judgement, command.output, locksNeedPassword: true
      ) { access in
        let inspection = try await command.firstLook(access)
        return UnlockReport(dryRun: inspection, try command.request(inspection))
      }
      return try command.answer(report, remarks: remarks, writer: nil, context)
    }
  }

  private func firstLook(_ access: RepositoryAccess) async throws -> Inspection {
    guard let observe = unlock.observe else { return try await access.look(identifies: true) }
    let observer = LockObserver(session: access.session, surroundings: access.surroundings)
    var settings = LockObserver.Settings(
      seconds: observe.seconds, intervalSeconds: unlock.interval.seconds)
    // What clocks call expired is what the watch is for.
    settings.endsWhenDecided = false
    let isQuiet = output.quiet
    let title = access.isMany ? access.target.title : nil
    let result = try await observer.watch(
      settings,
      onEvent: { event in
        if !isQuiet { StandardStreams.tell(ObserveText.line(event, of: title)) }
      })
    if result.wasInterrupted { throw RepositoryError.cancelled }
    return result.inspection
  }

  private func request(_ inspection: Inspection) throws -> UnlockRequest {
    let names = try Set(unlock.ids.map { try LockSelection.find($0, in: inspection.assessments).lock.name })
    let filter = filter
    var request = UnlockRequest()
    request.selects = { assessment in
      (names.isEmpty || names.contains(assessment.lock.name)) && filter.admits(assessment)
    }
    request.forcedNames = unlock.force ? names : []
    request.takesDamaged = unlock.damaged
    request.operation = try unlock.operation.map(ResticOperation.named)
    request.version = try judgement.version()
    request.isAttended = unlock.yes || Self.hasPerson
    request.followsResticRules = judgement.rules == .restic
    return request
  }

  /// Somebody sees what happens, and can answer.
  static var hasPerson: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  private func confirmForce(_ names: Set<String>, in inspection: Inspection) async throws {
    guard !names.isEmpty else { return }
    let chosen = inspection.assessments.filter { names.contains($0.lock.name) }
    for assessment in chosen {
      for line in ForceText.lines(assessment) { StandardStreams.tell(line) }
    }
    if unlock.yes { return }
    guard Self.hasPerson else {
      throw UsageError(description: "--force without a terminal wants --yes too")
    }
    for assessment in chosen {
      let wanted = TerminalText.escaped(String(assessment.lock.name.prefix(8)))
      StandardStreams.show("type \(wanted) to remove it: ")
      guard try await Self.typedLine()?.lowercased() == wanted.lowercased() else {
        throw UsageError(description: "that is not \(wanted): nothing was removed")
      }
    }
  }

  /// A line from the terminal; `nil` at its end.
  private static func typedLine() async throws -> String? {
    // A wait in `readLine` alone would hear of no interruption.
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    do {
      while poll(&input, 1, 0) <= 0 { try await Task.sleep(for: .milliseconds(50)) }
      try Task.checkCancellation()
    } catch {
      StandardStreams.tell("")
      throw error
    }
    return readLine()
  }

  private static let progress: @Sendable (Int, Int) -> Void = { done, total in
    guard total > 1000, isatty(STDERR_FILENO) == 1 else { return }
    if done < total { PassingLine.show("\(done) of \(total) locks …") } else { PassingLine.erase() }
  }

  /// Only what was given on the command line; passwords in it are not repeated.
  private var undoArguments: String {
    let given = [
      ("--config", repository.config), ("-r", repository.repository.first),
      ("--repository-file", repository.repositoryFile), ("--journal", journal.path),
    ]
    return given.reduce(into: "") { text, option in
      guard let value = option.1 else { return }
      text += " \(option.0) \(ShellWord.quoted(RepositoryLocation.hidingSecrets(in: value)))"
    } + (repository.option.isEmpty ? "" : " (and the same -o)")
  }

  private func answer(
    _ report: UnlockReport, remarks: [String] = [], writer: JournalWriter?, _ context: CommandContext
  ) throws -> RepositoryAnswer {
    let version = try judgement.version()
    let operation = try unlock.operation.map(ResticOperation.named)
    let status = ExitStatus(unlocking: report, operation: operation, version: version)
    if output.json {
      let document = UnlockDocument.json(report, journal: writer?.journal, version: version)
      return RepositoryAnswer(lines: [document.text], remarks: remarks, status: status)
    }
    let text = UnlockText(
      report: report, journal: writer?.journal, operation: operation, version: version,
      terminal: context.terminal, isQuiet: output.quiet, undoArguments: undoArguments)
    var answer = ""
    for line in text.lines() { answer += line + "\n" }
    return RepositoryAnswer(
      pieces: [Array(answer.utf8)], remarks: remarks + text.warnings(), status: status)
  }
}

extension ExitStatus {
  init(unlocking report: UnlockReport, operation: ResticOperation?, version: ResticVersion) {
    let remaining = report.remainingObstacles
    if report.hasAlarm {
      self = .failed
    } else if report.wasInterrupted {
      self = .interrupted
    } else if report.count(.failed) > 0 || !report.troubles.isEmpty {
      self = .failed
    } else if let operation,
      (try? Forecast.of(operation, obstacles: remaining, version: version))?.isBlocked ?? true
    {
      self = .locked
    } else {
      self = report.final.hasUnreadable ? .failed : .done
    }
  }
}

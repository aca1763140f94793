internal import ArgumentParser
internal import HostFacts
internal import RepositoryCatalog
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
internal import WallTime

struct CheckCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether restic commands can run now, for cron and monitoring.",
    discussion: """
      One sentence a repository; -v adds the reasons, -q says nothing where nothing is wrong. Without --for it looks at \
      backup and at forget, because a leftover lock of a backup blocks only the second; a forget that only living \
      holders block, for less than --warning-age, is no fault. Every run remembers what it saw, so that a check from \
      cron settles what one look can't. Without locks no password is needed.

      -r may be repeated, and --all takes every repository of the configuration: they are looked at side by side.

      --nagios: CRITICAL is what does not go by itself (a dead or unreadable lock in the way) or has been in the way for \
      --critical-age; WARNING is any other block and any lock that needs attention; UNKNOWN is what could not be \
      looked at. --prometheus: reslock_up is 0 for what could not be looked at, and no other metric of it is given.

      EXIT CODES
        0 all of it can run; 11 some of it is blocked; 20 with --strict: it can run, but a lock needs attention (dead, \
      superseded, expired, uncertain, damaged, unreadable, stuck); 10 no repository there; 12 wrong or missing password; \
      1 any other error. Of several repositories the worst: 130, 1, 64, 10, 12, 11, 20, 0. With --nagios 0 to 3.
      """)

  @OptionGroup var check: CheckOptions
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var many: ManyOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if output.json, check.nagios || check.prometheus != nil {
      throw ValidationError("--json excludes --nagios and --prometheus")
    }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    if check.nagios { return try await answerNagios(context) }
    if let file = check.prometheus { return try await answerPrometheus(context, file: file) }
    let looking = try looking
    let (isVerbose, isQuiet, asJSON) = (output.verbose > 0, output.quiet, output.json)
    return try await repository.answer(context, many, output, hasHeaders: false) { look in
      let (found, remarks) = try await looking.look(at: look)
      if asJSON {
        return RepositoryAnswer(
          lines: [CheckDocument.json(found).text], remarks: remarks, status: found.status)
      }
      let text = CheckText(check: found)
      let title = TerminalText.escaped(look.target.name ?? found.inspection.location)
      let titled = remarks.map { look.isMany ? "\(title): \($0)" : $0 }
      let lines = ["\(title): \(text.sentence)"] + (isVerbose ? text.reasons() : [])
      let isSilent = isQuiet && found.status == .done
      return RepositoryAnswer(lines: isSilent ? [] : lines, remarks: titled, status: found.status)
    }
  }

  private var looking: CheckLook {
    get throws {
      CheckLook(
        repository: repository, check: check, judgement: judgement, output: output,
        rules: try check.rules(version: try judgement.version()))
    }
  }

  /// A plugin answers whatever happens: an error of any kind is UNKNOWN.
  private func answerNagios(_ context: CommandContext) async throws -> ExitStatus {
    var items: [NagiosReport.Item] = []
    do {
      let looking = try looking
      try await unattended(context).lookAtEach(context, many.looks, looking.look) { target, outcome in
        let title = title(target, context)
        do {
          let found = try outcome.get().check
          items.append(
            NagiosReport.Item(
              title: title, state: found.nagiosState, sentence: CheckText(check: found).sentence,
              check: found.isComplete ? found : nil))
        } catch {
          items.append(
            NagiosReport.Item(
              title: title, state: .unknown, sentence: CommandFailure(error).message, check: nil))
        }
      }
    } catch {
      let line = NagiosReport.line(
        .unknown, TerminalText.short(CommandFailure(error).message, characterLimit: 400))
      try StandardStreams.writeAnswer(line + "\n")
      return .nagiosUnknown
    }
    let report = NagiosReport(items: items)
    try StandardStreams.writeAnswer(report.line + "\n")
    return report.state.exitStatus
  }

  private func answerPrometheus(_ context: CommandContext, file: String) async throws -> ExitStatus {
    func deliver(_ document: String) throws {
      if file == "-" {
        try StandardStreams.writeAnswer(document)
      } else {
        try FileReplacement.replace(file, with: document)
      }
    }
    var items: [PrometheusReport.Item] = []
    var worst = ExitStatus.done
    do {
      let looking = try looking
      try await unattended(context).lookAtEach(context, many.looks, looking.look) { target, outcome in
        var found: RepositoryCheck?
        do {
          let (check, remarks) = try outcome.get()
          found = check
          worst = worst.worse(check.status)
          for remark in remarks { tell(title(target, context), remark) }
        } catch {
          let failure = CommandFailure(error)
          worst = worst.worse(failure.status)
          for line in failure.lines { tell(title(target, context), line) }
        }
        items.append(
          PrometheusReport.Item(
            title: title(target, context),
            check: found.flatMap { $0.isComplete ? $0 : nil },
            lookedAt: context.surroundings.clock.read().now))
      }
    } catch {
      // What an earlier run left there must not stay as if it were true.
      try deliver(PrometheusReport.nothingKnown)
      throw error
    }
    try deliver(PrometheusReport(items: items).document)
    return worst
  }

  private func tell(_ title: String, _ line: String) {
    guard !output.quiet else { return }
    StandardStreams.tell("\(TerminalText.escaped(title)): \(line)")
  }

  /// The same whether the look succeeds or fails, as a label in metrics has to be.
  private func title(_ target: RepositoryTarget, _ context: CommandContext) -> String {
    if !target.title.isEmpty { return target.title }
    if let location = context.environment["RESTIC_REPOSITORY"] {
      return RepositoryLocation.hidingSecrets(in: location)
    }
    return repository.repositoryFile ?? context.environment["RESTIC_REPOSITORY_FILE"] ?? "repository"
  }

  /// Nobody is asked and nobody waits for ever, also where there is only one.
  private func unattended(_ context: CommandContext) throws -> RepositoryTargets {
    RepositoryTargets(targets: try repository.targets(context, many).targets, isMany: true)
  }
}

/// How one repository is looked at.
private struct CheckLook: Sendable {
  let repository: RepositoryOptions
  let check: CheckOptions
  let judgement: JudgementFlags
  let output: OutputFlags
  let rules: CheckRules

  @Sendable func look(at look: RepositoryLook) async throws -> (check: RepositoryCheck, remarks: [String]) {
    let (inspection, remarks) = try await repository.inspect(
      look, judgement, output, identifies: output.json, locksNeedPassword: check.verifyPassword,
      verifiesPassword: check.verifyPassword)
    return (try RepositoryCheck(inspection, check.rules(rules, for: look.target)), remarks)
  }
}

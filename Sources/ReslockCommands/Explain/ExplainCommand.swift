internal import ArgumentParser
internal import LockFailureLogs
internal import ResticLocks

struct ExplainCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Find lock failures in logs: who held the repository, what failed for how long, and what to do.",
    discussion: """
      Reads logs of restic, Backrest, resticprofile, autorestic, journald, syslog, Docker and Kubernetes, plain or \
      gzip, or a pasted error; without FILE, or with -, standard input. With -r, the locks that are there now are \
      looked at too. The repository in the environment alone is not looked at.

      EXIT CODES
        0 done, also when nothing was found; 1 a file could not be read whole; 64 wrong usage; with -r also \
      10 no repository there, 12 wrong or missing password, 1 some lock could not be read.
      """)

  @Argument(help: ArgumentHelp("Logs to read; - is standard input.", valueName: "file"))
  var files: [String] = []
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    var reader = LockFailureLogReader()
    var inputs: [LogInput] = []
    for name in files.isEmpty ? ["-"] : files {
      let input = LogInput.read(name, into: &reader)
      if let problem = input.problem { CommandFailure(.failed, problem).tell(asJSON: output.json) }
      inputs.append(input)
    }
    let findings = reader.findings()
    let inspection = try await inspectRepository(context)
    let fates = findings.groups.map { group in inspection.map { LockFate(of: group, in: $0) } }
    if output.json {
      let document = ExplainDocument.json(findings, inputs, inspection, fates)
      try StandardStreams.writeAnswer(document.text + "\n")
    } else {
      let text = ExplainText(
        findings: findings, inputs: inputs, fates: fates, inspection: inspection, terminal: context.terminal,
        isVerbose: output.verbose > 0)
      try StandardStreams.writeAnswer(text.lines().joined(separator: "\n") + "\n")
    }
    let repositoryStatus = inspection.map(ExitStatus.init(reading:)) ?? .done
    if repositoryStatus != .done { return repositoryStatus }
    return inputs.contains { $0.problem != nil } ? .failed : .done
  }

  private func inspectRepository(_ context: CommandContext) async throws -> Inspection? {
    guard repository.repository != nil || repository.repositoryFile != nil else { return nil }
    return try await repository.inspect(
      context, judgement, output, identifies: output.json, locksNeedPassword: false)
  }
}

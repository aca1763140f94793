internal import ArgumentParser
internal import HostFacts
internal import LockFailureLogs
internal import ResticAudit
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
internal import WallTime

struct AuditRunCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Collect locks, snapshots, keys, clocks, journal and logs, and say what happened.",
    discussion: """
      Changes nothing in the repository. With --output, DIR gets report.html (for people; no network, no script), \
      report.json, tables as CSV, summary.md, and evidence.tar with the bytes of every lock and the sums of it all. \
      Without --output, the findings are only told. What can't be read is said in the report and hides nothing else.

      EXIT CODES
        0 all was read, whatever was found; 1 something could not be read; 10 no repository there; 12 wrong password, \
      or none (the report is made all the same, without what needs it).
      """)

  @Option(
    name: [.customShort("O"), .customLong("output")],
    help: ArgumentHelp("A folder for the report, which is made, or is empty.", valueName: "dir"))
  var outputFolder: String?
  @Option(help: ArgumentHelp("A log to search for lock failures (repeatable).", valueName: "file"))
  var log: [String] = []
  @Option(help: ArgumentHelp("An earlier evidence.tar to compare with.", valueName: "bundle"))
  var compare: String?
  @Option(help: ArgumentHelp("Sign the evidence with this SSH key (ssh-keygen -Y sign).", valueName: "key"))
  var sign: String?
  @Flag(help: "Put whole key files into the evidence, so that the password alone can check it.")
  var includeKeys = false
  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var judgement: JudgementFlags
  @OptionGroup var journal: JournalOptions
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if sign != nil, outputFolder == nil { throw ValidationError("--sign needs --output") }
    if includeKeys, outputFolder == nil { throw ValidationError("--include-keys needs --output") }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let signer = try sign.map { try SSHSignature(context.environment, key: $0) }
    let folder = try outputFolder.map(AuditFolder.init(path:))
    let earlier = try compare.map(AuditBundles.look(at:))
    var facts = try await collect(context, earlier)
    let (logs, problems) = readLogs()
    facts.logs = logs
    facts.logNames = log
    for problem in problems { facts.note(missing: problem) }
    let analysis = AuditAnalysis(facts)
    let comparison = earlier.map { BundleComparison($0, ComparedLook(facts)) }
    let version = Reslock.configuration.version
    let report = ReportDocument(analysis, toolVersion: version).json.writtenOut
    if let folder {
      let reports = files(analysis, report, comparison, version: version)
      let bundle = EvidenceBundle(
        analysis, reports: reports, toolVersion: version,
        command: JournalOptions.requester(context, characterLimit: 16_384).command)
      let signature = try signer.map { try $0.sign(bundle.sums, in: folder) }
      for report in reports { try folder.write(report.name, report.bytes) }
      try folder.write("evidence.tar", bundle.archive(signature: signature))
    }
    try answer(analysis, report, comparison, version: version)
    if facts.isWithoutKey { return .wrongPassword }
    return facts.hasFailures ? .failed : .done
  }

  private func collect(_ context: CommandContext, _ earlier: ComparedLook?) async throws -> AuditFacts {
    let look = RepositoryLook(
      target: try repository.target(context), context: context, isMany: false,
      keyGate: Gate(width: CommandContext.coreCount))
    var keeper: EvidenceKeeper?
    return try await repository.withAccess(
      look, judgement, output, locksNeedPassword: false,
      remark: { lines in for line in lines { StandardStreams.tell(line) } },
      wrap: { storage in
        let keeping = EvidenceKeeper(keeping: storage)
        keeper = keeping
        return keeping
      }
    ) { access in
      let keeper = keeper ?? EvidenceKeeper(keeping: access.storage)
      return try await Progress.whileWaiting("auditing \(TerminalText.escaped(keeper.displayName))") {
        try await facts(context, access, keeper, earlier)
      }
    }
  }

  private func facts(
    _ context: CommandContext, _ access: RepositoryAccess, _ keeper: EvidenceKeeper, _ earlier: ComparedLook?
  ) async throws -> AuditFacts {
    var damage: String?
    var opened: OpenedRepository?
    var inspection: Inspection
    do {
      inspection = try await access.session.look(identifies: true)
      opened = try await access.session.openedRepository()
    } catch let error as RepositoryError where error.leavesSomethingToRead {
      damage = error.description
      inspection = try await access.session.look(identifies: true, opens: false)
    }
    let clock = context.surroundings.clock.read()
    let soundness = ClockSoundness.judge(
      clock, serverOffsetSeconds: keeper.clockOffsetSeconds, isDeclared: judgement.trustClock)
    var facts = AuditFacts(
      clocks: AuditedClocks(
        now: clock.now, soundness: soundness.explanation, isSound: soundness.isSound,
        uncertaintySeconds: soundness.uncertaintySeconds,
        storageOffsetSeconds: keeper.clockOffsetSeconds))
    let requester = JournalOptions.requester(context)
    facts.auditor = "\(requester.user)@\(requester.host)"
    await AuditCollector(
      keeper: keeper, versions: access.connection.lockVersions, includesKeys: includeKeys
    ).collect(&facts, inspection, opened)
    if let damage { facts.note(missing: damage) }
    try addJournal(context, &facts, inspection, opened)
    if let earlier { facts.add(earlier) }
    return facts
  }

  private func addJournal(
    _ context: CommandContext, _ facts: inout AuditFacts, _ inspection: Inspection,
    _ opened: OpenedRepository?
  ) throws {
    guard let journal = try? journal.journal(context), journal.exists else {
      facts.note(missing: "there is no journal of removals here", isFailure: false)
      return
    }
    do {
      facts.add(try JournalHistory(journal), path: journal.path, of: inspection, opened)
    } catch {
      facts.note(missing: "the journal of removals: \(error)")
    }
  }

  private func readLogs() -> (LogFindings?, [String]) {
    guard !log.isEmpty else { return (nil, []) }
    var reader = LockFailureLogReader()
    let problems = log.compactMap { LogInput.read($0, into: &reader).problem }
    return (reader.findings(), problems)
  }

  private func files(
    _ analysis: AuditAnalysis, _ report: JSONValue, _ comparison: BundleComparison?, version: String
  ) -> [(name: String, bytes: [UInt8])] {
    var files: [(name: String, bytes: [UInt8])] = [
      ("report.html", Array(ReportPage.html(analysis, toolVersion: version).utf8)),
      ("report.json", Array((report.text + "\n").utf8)),
      ("summary.md", Array(ReportSummary(analysis, toolVersion: version).markdown.utf8)),
    ]
    files += ReportTables(analysis).files.map { ($0.name, Array($0.text.utf8)) }
    if let comparison { files.append(("comparison.json", Array((comparison.json.text + "\n").utf8))) }
    return files
  }

  private func answer(
    _ analysis: AuditAnalysis, _ report: JSONValue, _ comparison: BundleComparison?, version: String
  ) throws {
    if output.json { return try StandardStreams.writeAnswer(report.text + "\n") }
    var lines = output.quiet ? [] : ReportSummary(analysis, toolVersion: version).lines
    if let comparison, !output.quiet { lines += [""] + comparison.lines }
    if let outputFolder, !output.quiet {
      lines += [
        "",
        "The report is \(TerminalText.escaped(outputFolder))/report.html, the evidence evidence.tar beside it.",
      ]
    }
    try StandardStreams.writeAnswer(lines.map { $0 + "\n" }.joined())
  }
}

extension RepositoryError {
  /// The listing and the locks' bytes can be had all the same.
  fileprivate var leavesSomethingToRead: Bool {
    switch self {
    case .noKeys, .keyUnusable, .keyTooCostly, .configDamaged: true
    case .noRepository, .notReadable, .wrongPassword, .noPassword, .foreignMasterKey, .cancelled: false
    }
  }
}

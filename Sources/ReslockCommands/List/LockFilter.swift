internal import ArgumentParser
internal import ResticFormat
internal import ResticLocks

/// Which locks a person wants to see; every condition narrows.
struct LockFilter: ParsableArguments {
  @Option(
    name: [.customShort("H"), .long],
    help: ArgumentHelp("Only locks of this host (repeatable).", valueName: "host"))
  var host: [String] = []
  @Option(help: ArgumentHelp("Only locks of this user name (repeatable).", valueName: "user"))
  var user: [String] = []
  @Option(help: ArgumentHelp("Only locks of this PID (repeatable).", valueName: "pid"))
  var pid: [Int64] = []
  @Flag(help: "Only exclusive locks.")
  var exclusive = false
  @Flag(help: "Only shared (non-exclusive) locks.")
  var shared = false
  @Option(
    help: ArgumentHelp(
      "Only locks with this verdict (repeatable): \(Verdict.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "verdict"), transform: LockFilter.verdict)
  var verdict: [Verdict] = []
  @Option(
    help: ArgumentHelp("Only locks whose age is above this: 90s, 45m, 2h30m, 7d.", valueName: "duration"))
  var olderThan: DurationArgument?

  func validate() throws {
    if exclusive, shared { throw ValidationError("--exclusive and --shared exclude each other") }
  }

  private static func verdict(_ argument: String) throws -> Verdict {
    guard let verdict = Verdict(rawValue: argument) else {
      throw ValidationError(
        "--verdict takes one of \(Verdict.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return verdict
  }

  func admits(_ assessment: Assessment) -> Bool {
    let record = assessment.lock.record
    func among<Value: Equatable>(_ wanted: [Value], _ value: Value?) -> Bool {
      wanted.isEmpty || value.map(wanted.contains) ?? false
    }
    guard among(host, record?.hostname), among(user, record?.username), among(pid, record?.pid),
      among(verdict, assessment.verdict)
    else { return false }
    if exclusive || shared, record?.isExclusive != exclusive { return false }
    guard let olderThan else { return true }
    guard record != nil, let age = assessment.evidence?.silence.age else { return false }
    return age.seconds > olderThan.seconds
  }
}

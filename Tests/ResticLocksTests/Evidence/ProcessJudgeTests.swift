import HostFacts
import ResticFormat
import ResticLocks
import Testing
import WallTime

/// One look at processes in which only `facts` is of interest.
struct ProcessLook {
  var facts: PIDFacts
  var visibility = ProcessVisibility()
  var scanHindrances: [String] = []
  var ownPID: Int64 = 99
  var resticExecutable: String?

  func judge(_ record: LockRecord = Made.record(), host: HostMatch = Made.host()) -> ProcessEvidence {
    let snapshot = ProcessSnapshot(
      clock: Made.clock(), visibility: visibility, facts: [facts.pid: facts], processCount: 1,
      scanHindrances: scanHindrances)
    return ProcessJudge(snapshot: snapshot, ownPID: ownPID, resticExecutable: resticExecutable)
      .judge(record, host: host)
  }

  /// A process whose program can be read, with nothing of restic about it unless told.
  static func process(
    hostPID: Int64 = 4711, namespacePIDs: [Int64]? = nil, state: Character = "S", liveThreadCount: Int? = 1,
    isKernelThread: Bool? = false, executable: ProcessFacts.Executable = .readable("/usr/sbin/nginx"),
    commandName: String = "nginx", arguments: [String]? = ["nginx", "-g", "daemon off;"],
    startedSecondsAgo: Double? = 7200
  ) -> ProcessFacts {
    ProcessFacts(
      hostPID: hostPID, namespacePIDs: namespacePIDs, state: ProcessState(code: state),
      liveThreadCount: liveThreadCount, isKernelThread: isKernelThread, executable: executable,
      commandName: commandName, commandLine: arguments.map { .readable($0) } ?? .unreadable,
      startedSinceBootSeconds: startedSecondsAgo.map { Made.nowSinceBoot - $0 },
      started: startedSecondsAgo.map { Made.now.adding(seconds: -$0) })
  }

  static func zombie(hostPID: Int64 = 4711, namespacePIDs: [Int64]? = nil, liveThreadCount: Int? = 0)
    -> ProcessFacts
  {
    process(
      hostPID: hostPID, namespacePIDs: namespacePIDs, state: "Z", liveThreadCount: liveThreadCount,
      executable: .absent, arguments: [])
  }

  static func state(
    _ processes: [ProcessFacts], thread: PIDFacts.Thread? = nil, signalZero: PIDFacts.SignalZero = .exists
  ) -> ProcessEvidence.State {
    ProcessLook(facts: PIDFacts(pid: 4711, processes: processes, thread: thread, signalZero: signalZero))
      .judge().state
  }
}

@Suite("A process is taken for the holder") struct HoldingProcessTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let process: ProcessFacts

    init(_ description: String, _ process: ProcessFacts) {
      testDescription = description
      self.process = process
    }
  }

  static let cases: [Case] = [
    Case("by its executable", ProcessLook.process(executable: .readable("/usr/bin/restic"))),
    Case(
      "by an executable that was replaced",
      ProcessLook.process(executable: .readable("/usr/bin/restic (deleted)"))),
    Case(
      "by a versioned executable in capitals",
      ProcessLook.process(executable: .readable("/opt/Restic_0.19.1"))),
    Case("as rustic", ProcessLook.process(executable: .readable("/home/u/.cargo/bin/rustic"))),
    Case("by its name", ProcessLook.process(commandName: "restic")),
    Case("by its command line", ProcessLook.process(arguments: ["/usr/bin/python3", "/opt/run-restic.py"])),
    Case(
      "in any column of NSpid",
      ProcessLook.process(hostPID: 19_329, namespacePIDs: [19_329, 4711], commandName: "restic")),
    Case(
      "in a column of NSpid in the middle",
      ProcessLook.process(hostPID: 19_329, namespacePIDs: [19_329, 4711, 3], commandName: "restic")),
    Case("when its executable belongs to another user", ProcessLook.process(executable: .notPermitted)),
    Case("when it shows no executable", ProcessLook.process(executable: .absent)),
    Case("when its start can't be read", ProcessLook.process(startedSecondsAgo: nil)),
    Case("when it is stopped", ProcessLook.process(state: "T", commandName: "restic")),
    Case("when it waits for a disk", ProcessLook.process(state: "D", commandName: "restic")),
    Case("as a zombie leader with a living thread", ProcessLook.zombie(liveThreadCount: 1)),
    Case("as a zombie whose threads can't be counted", ProcessLook.zombie(liveThreadCount: nil)),
    Case(
      "in a container where it can't be read",
      ProcessLook.process(
        hostPID: 19_329, namespacePIDs: [19_329, 4711], executable: .notPermitted, arguments: nil)),
    Case("when it started after the lock", ProcessLook.process(commandName: "restic", startedSecondsAgo: 1)),
  ]

  @Test("that shows the PID and may be restic", arguments: cases) func isAlive(_ testCase: Case) {
    #expect(ProcessLook.state([testCase.process]) == .alive)
    // Whatever else has the PID, one holder suffices.
    #expect(ProcessLook.state([ProcessLook.process(), testCase.process]) == .alive)
    #expect(ProcessLook.state([ProcessLook.zombie(), testCase.process]) == .alive)
  }

  /// `status` named whichever process hid itself, PID 1 of the machine among them, for a lock from a container.
  @Test("and the one that is restic is named, not one that only can't be read", arguments: [false, true])
  func recognisedBeforeUnreadable(isFirst: Bool) {
    let hiding = ProcessLook.process(hostPID: 1, namespacePIDs: [1], executable: .notPermitted)
    let restic = ProcessLook.process(hostPID: 19_329, namespacePIDs: [19_329, 1], commandName: "restic")
    let facts = PIDFacts(
      pid: 1, processes: isFirst ? [restic, hiding] : [hiding, restic], signalZero: .notPermitted)
    let evidence = ProcessLook(facts: facts).judge(Made.record(pid: 1))
    #expect(evidence.state == .alive)
    #expect(evidence.holder?.hostPID == 19_329)
    let alone = ProcessLook(facts: PIDFacts(pid: 1, processes: [hiding], signalZero: .notPermitted))
      .judge(Made.record(pid: 1))
    #expect(alone.state == .alive)
    #expect(alone.process?.hostPID == 1)
    #expect(alone.holder == nil)
  }

  @Test("when only the kernel admits that it exists", arguments: [PIDFacts.SignalZero.notPermitted, .exists])
  func unseenButExisting(signalZero: PIDFacts.SignalZero) {
    #expect(ProcessLook.state([], signalZero: signalZero) == .alive)
  }

  @Test(
    "by the path of the configured binary, also after it was replaced",
    arguments: ["/opt/bk", "/opt/bk (deleted)"])
  func configuredBinary(path: String) {
    let process = ProcessLook.process(executable: .readable(path), commandName: "bk", arguments: ["bk"])
    let facts = PIDFacts(pid: 4711, processes: [process], signalZero: .exists)
    #expect(ProcessLook(facts: facts, resticExecutable: "/opt/bk").judge().state == .alive)
    #expect(ProcessLook(facts: facts, resticExecutable: "/opt/b").judge().state == .other)
    #expect(ProcessLook(facts: facts).judge().state == .other)
  }

  @Test("under a declared alias of this machine, and not under another name")
  func aliases() {
    let facts = PIDFacts(
      pid: 4711, processes: [ProcessLook.process(commandName: "restic")], signalZero: .exists)
    let look = ProcessLook(facts: facts)
    #expect(look.judge(host: Made.host("old", aliases: ["old"])).state == .alive)
    #expect(look.judge(host: Made.host("old")).state == .notHere)
    #expect(look.judge(host: Made.host("WEB1")).state == .notHere)
    #expect(look.judge(host: Made.host("", ours: "")).state == .notHere)
  }
}

@Suite("A process that has the PID is another one") struct OtherProcessTests {
  @Test("when it is a readable program that is not restic")
  func stranger() {
    let facts = PIDFacts(
      pid: 4711, processes: [ProcessLook.process(startedSecondsAgo: 100)], signalZero: .exists)
    let evidence = ProcessLook(facts: facts).judge(Made.record(secondsAgo: 700))
    #expect(evidence.state == .other)
    #expect(evidence.startedAfterLockSeconds == 600)
    #expect(evidence.process?.hostPID == 4711)
  }

  @Test("when it is a kernel thread, whatever its name")
  func kernelThread() {
    let process = ProcessLook.process(
      isKernelThread: true, executable: .absent, commandName: "kworker/restic", arguments: [])
    #expect(ProcessLook.state([process]) == .other)
  }

  @Test("when it is this very program, although its name has restic in it")
  func ourselves() {
    let process = ProcessLook.process(
      executable: .readable("/usr/bin/restic-lock"), commandName: "restic-lock")
    let facts = PIDFacts(pid: 4711, processes: [process], signalZero: .exists)
    #expect(ProcessLook(facts: facts, ownPID: 4711).judge().state == .other)
  }

  @Test("when the PID is the ID of a thread")
  func thread() {
    let facts = PIDFacts(
      pid: 4711, thread: PIDFacts.Thread(threadGroupID: 4000, commandName: "java"), signalZero: .exists)
    let evidence = ProcessLook(facts: facts).judge()
    #expect(evidence.state == .other)
    #expect(evidence.startedAfterLockSeconds == nil)
  }

  @Test("when the PID is the ID of a thread, dated where its start is known")
  func datedThread() {
    let thread = PIDFacts.Thread(
      threadGroupID: 4000, commandName: "java", started: Made.now.adding(seconds: -100))
    let facts = PIDFacts(pid: 4711, thread: thread, signalZero: .exists)
    #expect(ProcessLook(facts: facts).judge(Made.record(secondsAgo: 700)).startedAfterLockSeconds == 600)
  }

  @Test("but a stranger inside a container says nothing about the PID out here")
  func nestedStranger() {
    let stranger = ProcessLook.process(hostPID: 19_329, namespacePIDs: [19_329, 4711])
    #expect(ProcessLook.state([stranger], signalZero: .noSuchProcess) == .absent)
    #expect(ProcessLook.state([stranger, ProcessLook.process()]) == .other)
  }
}

@Suite("A process is absent") struct AbsentProcessTests {
  @Test("when nothing has the PID and nothing could hide")
  func nothing() {
    #expect(ProcessLook.state([], signalZero: .noSuchProcess) == .absent)
  }

  @Test(
    "when only a zombie without threads has it",
    arguments: [PIDFacts.SignalZero.exists, .notPermitted, .noSuchProcess])
  func zombie(signalZero: PIDFacts.SignalZero) {
    #expect(ProcessLook.state([ProcessLook.zombie()], signalZero: signalZero) == .absent)
  }

  @Test(
    "not when the zombie is a container's and the kernel knows a process out here",
    arguments: [
      PIDFacts.SignalZero.exists, .notPermitted,
    ])
  func nestedZombieExplainsNoProcessOutHere(signalZero: PIDFacts.SignalZero) {
    let zombie = ProcessLook.zombie(hostPID: 19_329, namespacePIDs: [19_329, 4711])
    #expect(ProcessLook.state([zombie], signalZero: signalZero) == .alive)
    #expect(ProcessLook.state([zombie], signalZero: .noSuchProcess) == .absent)
  }

  static let hindered: [ProcessVisibility] = [
    ProcessVisibility(isInInitialPIDNamespace: false), ProcessVisibility(isInInitialPIDNamespace: nil),
    ProcessVisibility(isInInitialTimeNamespace: false), ProcessVisibility(isInInitialTimeNamespace: nil),
    ProcessVisibility(processFileSystemIsReal: false), ProcessVisibility(processFileSystemIsReal: nil),
    ProcessVisibility(processFileSystemShowsOurselves: false),
    ProcessVisibility(processFileSystemShowsOurselves: nil), ProcessVisibility(hidePIDOption: "invisible"),
    ProcessVisibility(hidePIDOption: "1"), ProcessVisibility(subsetOption: "pid"),
    ProcessVisibility(mountOptionsAreKnown: false),
  ]

  @Test("not when it might hide", arguments: hindered)
  func mightHide(visibility: ProcessVisibility) {
    for processes in [[], [ProcessLook.zombie()]] {
      let facts = PIDFacts(pid: 4711, processes: processes, signalZero: .noSuchProcess)
      let evidence = ProcessLook(facts: facts, visibility: visibility).judge()
      #expect(evidence.state == .unknown)
      #expect(evidence.reasons.count == 2)
    }
  }

  @Test("not when some process could not be read")
  func scanHindered() {
    let facts = PIDFacts(pid: 4711, signalZero: .noSuchProcess)
    #expect(
      ProcessLook(facts: facts, scanHindrances: ["one process can't be read"]).judge().state == .unknown)
  }

  @Test("not when the user name is a Windows one")
  func windows() {
    let facts = PIDFacts(pid: 4711, signalZero: .noSuchProcess)
    #expect(ProcessLook(facts: facts).judge(Made.record(username: #"CORP\anna"#)).state == .unknown)
  }

  @Test(
    "not when the kernel was not asked or gave another answer",
    arguments: [
      PIDFacts.SignalZero.notAsked, .undecided,
    ])
  func undecided(signalZero: PIDFacts.SignalZero) {
    #expect(ProcessLook.state([], signalZero: signalZero) == .unknown)
  }

  @Test("not for a PID that no process can have", arguments: [0, -1, -4711, 1 << 40, Int64.max, Int64.min])
  func impossiblePID(pid: Int64) {
    let facts = PIDFacts(pid: pid, signalZero: .notAsked)
    #expect(ProcessLook(facts: facts).judge(Made.record(pid: pid)).state == .unknown)
  }

  @Test("not for a PID that was not looked up")
  func notLookedUp() {
    let look = ProcessLook(facts: PIDFacts(pid: 1, signalZero: .noSuchProcess))
    #expect(look.judge(Made.record(pid: 2)).state == .unknown)
  }
}

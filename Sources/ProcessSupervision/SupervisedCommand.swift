internal import CSupervision

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A command that runs as if nobody stood between it and whoever started us.
///
/// It has our streams, terminal and process group. A signal that a process sends us is sent on to it; one that the terminal
/// sends reaches it without us. Descendants that lose their parents become ours (on Linux), so that we collect them.
package struct SupervisedCommand: Sendable {
  package enum Event: Sendable, Hashable {
    case timedOut
    case killing
  }

  let program: CommandProgram
  let inherited: InheritedSignals
  /// How long it may run; `nil` for as long as it wants.
  let timeoutSeconds: Double?
  /// What it has after its time to end: SIGINT at once, SIGTERM after half of this, SIGKILL at its end.
  let graceSeconds: Double
  /// Whether a signal came before this took over what signals do.
  let wasInterrupted: @Sendable () -> Bool
  let onEvent: @Sendable (Event) -> Void

  package init(
    _ program: CommandProgram, inherited: InheritedSignals, timeoutSeconds: Double? = nil,
    graceSeconds: Double = 60, wasInterrupted: @escaping @Sendable () -> Bool = { false },
    onEvent: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.wasInterrupted = wasInterrupted
    self.program = program
    self.inherited = inherited
    self.timeoutSeconds = timeoutSeconds
    self.graceSeconds = graceSeconds
    self.onEvent = onEvent
  }

  /// Runs it to its end, on a thread of its own: it waits, and changes what signals do meanwhile.
  ///
  /// After a timeout it returns once nothing of the command is left; otherwise when the command ends, whatever that left
  /// running.
  package func run() throws(SupervisionError) -> CommandEnd {
    // Whoever made this thread may have blocked signals in it.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    // Only a timeout asks who descends from us, and who did before.
    let excluded = timeoutSeconds == nil ? [] : Descendants.childrenNow()
    #if os(Linux)
      guard csupervision_become_subreaper() == 0 else {
        throw SupervisionError(.cannotSupervise, code: errno)
      }
    #endif
    let feed = try SignalFeed(inherited)
    defer { feed.stop() }
    // Asked only now: what comes from here on is in the feed, so that no signal falls between the two.
    guard !wasInterrupted() else {
      throw SupervisionError(.interrupted, command: program.arguments.first ?? program.path, reason: "")
    }
    var watch = Watch(
      child: try program.start(inherited), feed: feed, descendants: Descendants(excluded: excluded),
      steps: steps(), onEvent: onEvent)
    while !watch.isOver { watch.turn() }
    return watch.end
  }

  private func steps() -> [(seconds: Double, step: Watch.Step)] {
    guard let timeoutSeconds else { return [] }
    let now = Watch.now()
    return [
      (now + timeoutSeconds, .interrupt), (now + timeoutSeconds + graceSeconds / 2, .terminate),
      (now + timeoutSeconds + graceSeconds, .kill),
      (now + timeoutSeconds + graceSeconds + Watch.killWaitSeconds, .giveUp),
    ]
  }
}

/// One command's life, as its loop knows it.
private struct Watch {
  enum Step { case interrupt, terminate, kill, giveUp }

  let child: pid_t
  let feed: SignalFeed
  let descendants: Descendants
  var steps: [(seconds: Double, step: Step)]
  let onEvent: @Sendable (SupervisedCommand.Event) -> Void

  private var ending: CommandEnd.Ending?
  private var hitTimeout = false
  private var isKilling = false
  private var hasGivenUp = false
  private var signals: [Int32] = []
  private var reaped: [Int64: ReapedProcess] = [:]

  init(
    child: pid_t, feed: SignalFeed, descendants: Descendants, steps: [(seconds: Double, step: Step)],
    onEvent: @escaping @Sendable (SupervisedCommand.Event) -> Void
  ) {
    self.child = child
    self.feed = feed
    self.descendants = descendants
    self.steps = steps
    self.onEvent = onEvent
  }

  /// Processes that hang in the kernel are not waited for longer.
  static let killWaitSeconds: Double = 30
  private static let reapedLimit = 1 << 16
  private static let signalLimit = 64
  private static let killIntervalSeconds = 0.05

  /// Signals that are no wish for an end.
  private static let harmless: Set<Int32> = [SIGCHLD, SIGCONT, SIGTSTP, SIGWINCH, SIGURG]

  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  var isOver: Bool {
    guard ending != nil else { return hasGivenUp }
    return !hitTimeout || hasGivenUp || descendants.all().isEmpty
  }

  var end: CommandEnd {
    CommandEnd(
      ending: ending ?? .killed(signal: SIGKILL), hitTimeout: hitTimeout, signals: signals,
      reaped: reaped.values.sorted { $0.pid < $1.pid },
      survivors: hasGivenUp ? descendants.all().map(Int64.init) : [])
  }

  mutating func turn() {
    wait()
    for message in feed.received() { handle(message) }
    collect()
    while let next = steps.first, next.seconds <= Self.now(), ending == nil || hitTimeout {
      steps.removeFirst()
      take(next.step)
    }
    guard isKilling else { return }
    // Orphans come to us as their parents go, so that all are our children in the end.
    for pid in descendants.children() { _ = kill(pid, SIGKILL) }
    collect()
  }

  /// Until a signal comes or the next step is due.
  private func wait() {
    var milliseconds: Int32 = -1
    if let next = steps.first {
      milliseconds = Int32(clamping: Int(max(0, min(next.seconds - Self.now(), 3600)) * 1000) + 1)
    }
    if isKilling { milliseconds = Int32(Self.killIntervalSeconds * 1000) }
    var watched = pollfd(fd: feed.readingEnd, events: Int16(POLLIN), revents: 0)
    // An interruption is a signal that has been told.
    _ = poll(&watched, 1, milliseconds)
  }

  private mutating func handle(_ message: SignalFeed.Message) {
    let number = message.number
    guard number != SIGCHLD else { return }
    if !Self.harmless.contains(number), signals.count < Self.signalLimit { signals.append(number) }
    // Until it is collected, nobody else can have its PID.
    if !message.isFromTerminal, ending == nil { _ = kill(child, number) }
    if number == SIGTSTP { feed.stopOurselves(number) }
  }

  private mutating func take(_ step: Step) {
    switch step {
    case .interrupt:
      hitTimeout = true
      onEvent(.timedOut)
      for pid in descendants.all() { descendants.send(SIGINT, to: pid) }
    case .terminate:
      for pid in descendants.all() {
        descendants.send(SIGTERM, to: pid)
        // What is stopped hears nothing.
        descendants.send(SIGCONT, to: pid)
      }
    case .kill:
      isKilling = true
      onEvent(.killing)
    case .giveUp: hasGivenUp = true
    }
  }

  /// Collects every child that has ended.
  private mutating func collect() {
    while true {
      var information = siginfo_t()
      guard waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0 else {
        if errno == EINTR { continue }
        return
      }
      let facts = ChildFacts(information)
      guard facts.pid > 0 else { return }
      var status: Int32 = 0
      guard waitpid(facts.pid, &status, WNOHANG) == facts.pid else { return }
      guard !descendants.excluded.contains(facts.pid) else { continue }
      let signal = status & 0x7f
      if facts.pid == child {
        ending = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
      }
      // The command itself always counts; of very many others the first do.
      guard facts.pid == child || reaped.count < Self.reapedLimit else { continue }
      reaped[Int64(facts.pid)] = ReapedProcess(
        pid: Int64(facts.pid), userID: facts.userID, wasKilled: signal != 0)
    }
  }
}

/// What waitid(2) tells of a child that has ended.
private struct ChildFacts {
  let pid: pid_t
  let userID: UInt32

  init(_ information: siginfo_t) {
    #if canImport(Glibc)
      pid = information._sifields._sigchld.si_pid
      userID = information._sifields._sigchld.si_uid
    #else
      pid = information.si_pid
      userID = information.si_uid
    #endif
  }
}

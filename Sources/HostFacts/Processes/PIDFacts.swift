package import WallTime

/// What this machine knows of one PID that a lock names.
package struct PIDFacts: Hashable, Sendable {
  /// What `kill(pid, 0)` says.
  ///
  /// It succeeds for zombies and for the IDs of threads too.
  package enum SignalZero: Hashable, Sendable {
    case exists
    /// It exists and belongs to someone else (EPERM).
    case notPermitted
    /// Nothing in our PID namespace has this PID (ESRCH).
    case noSuchProcess
    /// Not a PID the kernel could give (0, negative, beyond 2^31-1), so not asked: these reach groups of processes.
    case notAsked
    /// The kernel gave some other answer.
    case undecided
  }

  /// The PID is the ID of a thread of another process.
  package struct Thread: Hashable, Sendable {
    package let threadGroupID: Int64
    package let commandName: String
    /// Wall time, by today's wall clock: it moves with every step of that clock.
    package let started: UnixTime?

    package init(threadGroupID: Int64, commandName: String = "", started: UnixTime? = nil) {
      self.threadGroupID = threadGroupID
      self.commandName = commandName
      self.started = started
    }
  }

  package let pid: Int64
  /// Every process that has this PID in our PID namespace or in one below; the one in ours first.
  package let processes: [ProcessFacts]
  package let thread: Thread?
  package let signalZero: SignalZero

  package init(
    pid: Int64, processes: [ProcessFacts] = [], thread: Thread? = nil,
    signalZero: SignalZero = .noSuchProcess
  ) {
    self.pid = pid
    self.processes = processes
    self.thread = thread
    self.signalZero = signalZero
  }

  /// The process that has this PID in our own PID namespace.
  package var ownNamespaceProcess: ProcessFacts? { processes.first { $0.hostPID == pid } }

  /// Nothing shows this PID: no process, no thread, and the kernel knows none.
  package var nothingFound: Bool {
    processes.isEmpty && thread == nil && (signalZero == .noSuchProcess || signalZero == .notAsked)
  }
}

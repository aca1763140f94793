package import HostFacts
package import ResticFormat
internal import WallTime

/// Whether the process that a lock names runs on this machine.
package struct ProcessEvidence: Hashable, Sendable {
  package enum State: String, Sendable {
    /// A process shows the PID and looks like restic, or can't be read well enough to say that it is not.
    case alive
    /// The PID exists here, and what has it can't be the holder.
    case other
    /// Nothing has the PID but perhaps a zombie, and we could have seen it.
    case absent
    /// This machine can't tell.
    case unknown
    /// The lock names another host.
    case notHere = "not_here"
  }

  package let state: State
  /// Why, one sentence each; the first says it all.
  package let reasons: [String]
  /// The process that decided.
  package let process: ProcessFacts?
  /// Whether that process looks like restic, and does not only hide what it is.
  package let isRecognised: Bool
  /// What the kernel says of the PID in our own namespace; `nil` for locks of other hosts.
  package let signalZero: PIDFacts.SignalZero?
  /// For `other`: how long after the lock's last refresh it started, in seconds by today's clock.
  package let startedAfterLockSeconds: Double?

  package init(
    _ state: State, _ reasons: [String], process: ProcessFacts? = nil,
    isRecognised: Bool = false, signalZero: PIDFacts.SignalZero? = nil,
    startedAfterLockSeconds: Double? = nil
  ) {
    self.state = state
    self.reasons = reasons
    self.process = process
    self.isRecognised = isRecognised
    self.signalZero = signalZero
    self.startedAfterLockSeconds = startedAfterLockSeconds
  }

  /// The process that is the holder, for all that can be seen.
  package var holder: ProcessFacts? { isRecognised ? process : nil }

  /// Whether ten minutes of silence make the lock a dead one: nothing has its PID, or only what is too young for it.
  var isDeadWhenSilent: Bool {
    switch state {
    case .absent: true
    case .other: (startedAfterLockSeconds ?? 0) > LockTimings.startTolerance
    case .alive, .unknown, .notHere: false
    }
  }
}

/// Decides from one look at the processes of this machine who, if anybody, holds a lock.
package struct ProcessJudge: Sendable {
  package let snapshot: ProcessSnapshot
  /// The PID of this very program, which holds no lock.
  package let ownPID: Int64
  /// The restic that the user configured, where it has another name.
  package let resticExecutable: String?

  package init(snapshot: ProcessSnapshot, ownPID: Int64, resticExecutable: String? = nil) {
    self.snapshot = snapshot
    self.ownPID = ownPID
    self.resticExecutable = resticExecutable
  }

  package func judge(_ record: LockRecord, host: HostMatch) -> ProcessEvidence {
    guard host.isOurs else {
      return ProcessEvidence(.notHere, ["it names another host, whose processes can't be seen from here"])
    }
    let facts = snapshot.facts(for: record.pid)
    guard facts.signalZero != .notAsked else {
      return ProcessEvidence(
        .unknown, ["PID \(record.pid) is none that a process here could have"], signalZero: facts.signalZero)
    }
    // Containers repeat PIDs: one that hides what it is must not stand before the one that is restic.
    var hiding: ProcessEvidence?
    var other: ProcessEvidence?
    for process in facts.processes where !process.isFullyEnded {
      switch identity(of: process) {
      case .recognised(let reason):
        return ProcessEvidence(
          .alive, [reason], process: process, isRecognised: true, signalZero: facts.signalZero)
      case .unreadable(let reason):
        hiding = hiding ?? ProcessEvidence(.alive, [reason], process: process, signalZero: facts.signalZero)
      case .stranger(let reason):
        // A stranger inside a container has another PID here: it says nothing about the PID in our namespace.
        guard process.hostPID == record.pid else { continue }
        other = ProcessEvidence(
          .other, [reason], process: process, signalZero: facts.signalZero,
          startedAfterLockSeconds: process.started?.secondsSince(record.time.instant))
      }
    }
    if let found = hiding ?? other { return found }
    if let thread = facts.thread {
      return ProcessEvidence(
        .other,
        [
          "PID \(record.pid) is now the ID of a thread of process \(thread.threadGroupID) (\(thread.commandName))"
        ],
        signalZero: facts.signalZero,
        startedAfterLockSeconds: thread.started?.secondsSince(record.time.instant))
    }
    return nothingFound(facts, record)
  }

  private func nothingFound(_ facts: PIDFacts, _ record: LockRecord) -> ProcessEvidence {
    guard facts.signalZero != .undecided else {
      return ProcessEvidence(
        .unknown, ["the kernel does not say whether a process with PID \(record.pid) exists"],
        signalZero: facts.signalZero)
    }
    let zombie = facts.processes.first { $0.isFullyEnded }
    // Only a zombie out here answers to the signal; one in a container has another PID here.
    let isZombieOurs = facts.processes.contains { $0.isFullyEnded && $0.hostPID == record.pid }
    if facts.signalZero != .noSuchProcess, !isZombieOurs {
      return ProcessEvidence(
        .alive, ["a process with PID \(record.pid) exists here and can't be examined"],
        signalZero: facts.signalZero)
    }
    guard snapshot.hindrances.isEmpty else {
      return ProcessEvidence(
        .unknown, ["no process with PID \(record.pid) was seen, but one might hide"] + snapshot.hindrances,
        signalZero: facts.signalZero)
    }
    guard !record.username.contains("\\") else {
      return ProcessEvidence(
        .unknown, ["its user name is a Windows one: it was written by a Windows machine of the same name"],
        signalZero: facts.signalZero)
    }
    guard let zombie else {
      return ProcessEvidence(
        .absent, ["no process on this machine has PID \(record.pid), in containers neither"],
        signalZero: facts.signalZero)
    }
    return ProcessEvidence(
      .absent, ["PID \(record.pid) is a process that has ended and is only not collected yet (zombie)"],
      process: zombie, signalZero: facts.signalZero)
  }

  private enum Identity {
    case recognised(String)
    case unreadable(String)
    case stranger(String)
  }

  private func identity(of process: ProcessFacts) -> Identity {
    let pid = process.hostPID
    if pid == ownPID { return .stranger("PID \(pid) is now this very program") }
    if process.isKernelThread == true {
      return .stranger("PID \(pid) is a kernel thread (\(process.commandName))")
    }
    let place = process.isInNestedPIDNamespace ? " in a PID namespace of its own (container)" : ""
    if looksLikeRestic(process) {
      return .recognised("process \(pid) runs\(place) and looks like restic: \(Self.summary(process))")
    }
    guard case .readable(let executable) = process.executable else {
      return .unreadable("process \(pid)\(place) exists and its program can't be read by this user")
    }
    guard process.startedSinceBootSeconds != nil else {
      return .unreadable("process \(pid)\(place) exists and its start can't be read by this user")
    }
    return .stranger("PID \(pid) is now another program: \(executable)")
  }

  private func looksLikeRestic(_ process: ProcessFacts) -> Bool {
    var texts = [process.commandName]
    if case .readable(let path) = process.executable {
      // The kernel adds this where the file was replaced while the process runs, as an upgrade does.
      if let resticExecutable, path == resticExecutable || path == resticExecutable + " (deleted)" {
        return true
      }
      texts.append(path)
    }
    if case .readable(let arguments) = process.commandLine { texts += arguments }
    return texts.contains { text in
      let lowerCase = text.lowercased()
      return lowerCase.contains("restic") || lowerCase.contains("rustic")
    }
  }

  private static func summary(_ process: ProcessFacts) -> String {
    if case .readable(let arguments) = process.commandLine, !arguments.isEmpty {
      return CommandLineText.text(arguments)
    }
    return process.commandName
  }
}

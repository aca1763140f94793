package import WallTime

/// What the kernel shows of one process.
package struct ProcessFacts: Hashable, Sendable {
  package enum Executable: Hashable, Sendable {
    /// The path as the kernel gives it, with ` (deleted)` behind it where the file is gone.
    case readable(String)
    /// There is one, and we may not see which.
    case notPermitted
    /// It has none: a kernel thread or a zombie.
    case absent
  }

  /// The arguments as they are: they may hold secrets, such as a password in a URL.
  package enum CommandLine: Hashable, Sendable {
    /// The first 64 KiB; empty for kernel threads and zombies.
    case readable([String])
    case unreadable
  }

  /// A process started by this one.
  package struct Child: Hashable, Sendable {
    package let hostPID: Int64
    package let state: ProcessState?
    package let commandName: String
    /// The first 4 KiB.
    package let commandLine: CommandLine

    package init(
      hostPID: Int64, state: ProcessState?, commandName: String, commandLine: CommandLine = .unreadable
    ) {
      self.hostPID = hostPID
      self.state = state
      self.commandName = commandName
      self.commandLine = commandLine
    }
  }

  /// The PID in our own PID namespace.
  package let hostPID: Int64
  package let threadGroupID: Int64
  package let parentPID: Int64?
  /// The PID in every PID namespace it is in, ours first, its own last.
  ///
  /// Only `hostPID` where the kernel tells none (before Linux 4.1, macOS).
  package let namespacePIDs: [Int64]
  /// `nil` where it can't be read.
  package let state: ProcessState?
  /// Threads that have not ended, counted up to 4,096; `nil` where they can't be counted.
  ///
  /// A zombie with a living thread is alive.
  package let liveThreadCount: Int?
  /// `nil` where it can't be read.
  package let isKernelThread: Bool?
  package let executable: Executable
  /// What the process calls itself: at most 15 bytes on Linux, chosen by the process.
  package let commandName: String
  package let commandLine: CommandLine
  /// The effective user ID.
  package let userID: UInt32?
  /// Seconds after boot at which it started, on the clock of `ClockReading.sinceBootSeconds`.
  package let startedSinceBootSeconds: Double?
  /// The same as wall time, by today's wall clock: it moves with every step of that clock.
  package let started: UnixTime?
  package let runningSeconds: Double?
  /// The kernel function it waits in, where that is shown.
  package let waitChannel: String?
  /// At most 32, in order of their PIDs.
  package let children: [Child]
  /// The ID of its PID namespace (`pid:[4026531836]`), where we may see it.
  package let pidNamespace: String?
  /// The ID of the namespace of its host name (`uts:[4026531838]`), where we may see it.
  package let hostNameNamespace: String?
  package let controlGroup: ControlGroup?

  package init(
    hostPID: Int64, threadGroupID: Int64? = nil, parentPID: Int64? = nil, namespacePIDs: [Int64]? = nil,
    state: ProcessState? = ProcessState(code: "S"), liveThreadCount: Int? = 1, isKernelThread: Bool? = false,
    executable: Executable = .notPermitted, commandName: String = "",
    commandLine: CommandLine = .unreadable, userID: UInt32? = nil, startedSinceBootSeconds: Double? = nil,
    started: UnixTime? = nil, runningSeconds: Double? = nil, waitChannel: String? = nil,
    children: [Child] = [], pidNamespace: String? = nil, hostNameNamespace: String? = nil,
    controlGroup: ControlGroup? = nil
  ) {
    self.hostPID = hostPID
    self.threadGroupID = threadGroupID ?? hostPID
    self.parentPID = parentPID
    self.namespacePIDs = namespacePIDs ?? [hostPID]
    self.state = state
    self.liveThreadCount = liveThreadCount
    self.isKernelThread = isKernelThread
    self.executable = executable
    self.commandName = commandName
    self.commandLine = commandLine
    self.userID = userID
    self.startedSinceBootSeconds = startedSinceBootSeconds
    self.started = started
    self.runningSeconds = runningSeconds
    self.waitChannel = waitChannel
    self.children = children
    self.pidNamespace = pidNamespace
    self.hostNameNamespace = hostNameNamespace
    self.controlGroup = controlGroup
  }

  /// A zombie with no thread left: it does nothing any more, and its PID is still taken.
  package var isFullyEnded: Bool { state?.hasEnded == true && liveThreadCount == 0 }

  /// It lives in a PID namespace below ours: most likely a container.
  package var isInNestedPIDNamespace: Bool { namespacePIDs.count > 1 }
}

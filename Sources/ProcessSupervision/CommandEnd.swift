/// A descendant that ended and that nobody but us collected.
package struct ReapedProcess: Sendable, Hashable {
  package let pid: Int64
  /// The real user ID that it had.
  package let userID: UInt32
  package let wasKilled: Bool

  package init(pid: Int64, userID: UInt32, wasKilled: Bool) {
    self.pid = pid
    self.userID = userID
    self.wasKilled = wasKilled
  }
}

/// How a command ended, and what its end left to know.
package struct CommandEnd: Sendable {
  package enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  package let ending: Ending
  package let hitTimeout: Bool
  /// The signals that reached us meanwhile and are meant to end a program, in their order.
  package let signals: [Int32]
  /// The command itself, and its descendants whose own parents were gone.
  package let reaped: [ReapedProcess]
  /// Descendants that even SIGKILL did not end, as they hang in the kernel.
  package let survivors: [Int64]

  package init(
    ending: Ending, hitTimeout: Bool = false, signals: [Int32] = [], reaped: [ReapedProcess] = [],
    survivors: [Int64] = []
  ) {
    self.ending = ending
    self.hitTimeout = hitTimeout
    self.signals = signals
    self.reaped = reaped
    self.survivors = survivors
  }

  /// As shells give it.
  package var exitCode: Int32 {
    switch ending {
    case .exited(let code): code
    case .killed(let signal): 128 + signal
    }
  }

  /// Nothing but its own decision ended the command or a part of it, as far as can be seen.
  ///
  /// Shells and programs that catch a signal tell of it by an exit code above 128.
  package var endedByItself: Bool {
    guard case .exited(let code) = ending, code <= 128 else { return false }
    return !hitTimeout && signals.isEmpty && !reaped.contains(where: \.wasKilled)
  }
}

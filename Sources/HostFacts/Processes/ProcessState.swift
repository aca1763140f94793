/// The state of a process or thread, by the letter the kernel gives it (proc_pid_status(5)).
package struct ProcessState: Hashable, Sendable {
  package let code: Character

  package init(code: Character) {
    self.code = code
  }

  /// Ended, and not yet collected by its parent.
  ///
  /// A zombie leader may have living threads.
  package var isZombie: Bool { code == "Z" }
  /// Ended: a zombie, or dead.
  package var hasEnded: Bool { code == "Z" || code == "X" || code == "x" }
  /// Stopped by a signal (`SIGSTOP`, Ctrl-Z) or held by a debugger: it refreshes nothing until it continues.
  package var isStopped: Bool { code == "T" || code == "t" }

  package var words: String {
    switch code {
    case "R": "running"
    case "S": "sleeping"
    case "D": "waiting for a disk, a network file system or a driver"
    case "T": "stopped by a signal"
    case "t": "stopped by a debugger"
    case "Z": "ended, not yet collected by its parent (zombie)"
    case "X", "x": "dead"
    case "I": "idle"
    case "P": "parked"
    case "K": "killable wait"
    case "W": "waking or paging"
    default: "in a state the kernel calls \(code)"
    }
  }
}

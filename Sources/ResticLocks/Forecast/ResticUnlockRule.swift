/// What plain `restic unlock` does with a lock: restic's `stale()`, as a pure function.
///
/// Two variants, because restic has two bugs there: it asks for the process with a real SIGHUP, and it takes a
/// refused signal (EPERM) for a dead process.
package enum ResticUnlockRule: Sendable {
  /// restic's rule as it is meant: who may not be signalled exists.
  case meant
  /// What the newest restic does, run by a user who may not signal the process.
  case asImplemented

  /// The answer of `kill(pid, 0)`.
  package enum ProcessAnswer: Sendable, Hashable, CaseIterable {
    case exists
    /// EPERM.
    case notPermitted
    /// ESRCH.
    case noSuchProcess
    /// Nobody asked, because the host differs, the PID is not positive or the system can't tell.
    case notAsked
  }

  /// What restic's rule looks at.
  package enum Subject: Sendable, Hashable {
    /// `ageSeconds` is now minus the lock's time, negative for a time in the future.
    case readable(ageSeconds: Double, isOurHost: Bool, pid: Int64, process: ProcessAnswer)
    case unusable
    case empty
    case notALock
  }

  package struct Decision: Sendable, Hashable {
    package let removes: Bool
    /// One sentence, lower-case first letter, no final period.
    package let reason: String
  }

  /// 30 minutes, in every version.
  package static let staleAfterSeconds: Double = 30 * 60

  package func decision(on subject: Subject) -> Decision {
    switch subject {
    case .readable(let ageSeconds, let isOurHost, let pid, let process):
      return decision(ageSeconds: ageSeconds, isOurHost: isOurHost, pid: pid, process: process)
    case .unusable:
      return Decision(removes: false, reason: "restic can't load it, and only unlock --remove-all takes it")
    case .empty:
      return Decision(removes: false, reason: "it is empty, and only unlock --remove-all takes it")
    case .notALock:
      return Decision(removes: false, reason: "its name is not that of a lock, so restic doesn't list it")
    }
  }

  private func decision(ageSeconds: Double, isOurHost: Bool, pid: Int64, process: ProcessAnswer) -> Decision {
    if ageSeconds > Self.staleAfterSeconds {
      return Decision(removes: true, reason: "its time is more than 30 minutes ago")
    }
    guard isOurHost else {
      return Decision(removes: false, reason: "its host is another one and its time within 30 minutes")
    }
    // Go refuses these two before any system call. Below them kill(2) would address a process group, which restic
    // does and nobody here asks for.
    if pid == 0 || pid == -1 {
      return Decision(removes: true, reason: "PID \(pid) is no process")
    }
    switch process {
    case .noSuchProcess:
      return Decision(removes: true, reason: "no process \(pid) exists on this host")
    case .notPermitted where self == .asImplemented:
      return Decision(
        removes: true, reason: "restic may not signal process \(pid) and takes that for its death")
    case .notPermitted:
      return Decision(
        removes: false, reason: "process \(pid) exists on this host and belongs to another user")
    case .exists:
      return Decision(removes: false, reason: "process \(pid) exists on this host")
    case .notAsked:
      return Decision(removes: false, reason: "nothing is known of process \(pid) on this host")
    }
  }
}

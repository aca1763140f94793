#if os(Linux)
  import Foundation
  import Glibc
  import TestSupport

  /// A restic of the long run, under a host name that says what is done to it.
  struct LongHolder: Sendable {
    enum Fate: String, CaseIterable, Sendable {
      /// Never stopped.
      case lively
      /// Stopped for 24 minutes, and its lock stays.
      case stopped24
      /// Stopped for 24 minutes, and its lock is removed with `--force` shortly before it goes on.
      case forced24
      /// Stopped for 35 minutes, and its lock stays.
      case stopped35
      /// Stopped for 35 minutes, and its lock is removed once it has expired.
      case expired35
      /// Stopped for 35 minutes under our own host name, so that its process is seen.
      case here35

      var stopMinutes: Double? {
        switch self {
        case .lively: nil
        case .stopped24, .forced24: 24
        case .stopped35, .expired35, .here35: 35
        }
      }
    }

    let fate: Fate
    let restic: ResticBinary
    let child: ChildProcess
    let hostName: String

    /// As the ledger calls it.
    var key: String { "\(hostName) \(child.pid)" }
    var name: String { "\(fate.rawValue) (restic \(restic.version), PID \(child.pid))" }

    init(_ fate: Fate, _ restic: ResticBinary, in repository: URL) throws {
      self.fate = fate
      self.restic = restic
      hostName = fate == .here35 ? Machine.hostName : "\(fate.rawValue)-\(restic.version)"
      let launcher =
        fate == .here35 ? [] : ["unshare", "--uts", "sh", "-c", #"hostname "$0" && exec "$@""#, hostName]
      child = try restic.start(["backup", "--stdin"], repository: repository, launcher: launcher)
    }
  }
#endif

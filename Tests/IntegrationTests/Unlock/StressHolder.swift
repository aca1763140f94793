#if os(Linux)
  import Foundation
  import Glibc
  import TestSupport

  /// A restic of the stress test, however it was started.
  struct StressHolder: Sendable {
    enum Place: CaseIterable {
      case host, otherUser, ownNames, otherHostName, container, containerOfOtherUser, containerElsewhere

      var isOurHost: Bool { self != .otherHostName && self != .containerElsewhere }
    }

    /// Of user 65534, in root's group so that restics of both read each other's files.
    static let otherUser = ["setpriv", "--reuid=65534", "--regid=0", "--clear-groups", "--"]

    let child: ChildProcess
    /// restic's own, out here.
    let pid: pid_t
    let lock: String
    let isOurHost: Bool
    var isStopped = false

    /// In PID namespaces of their own, all have the PID `containerPID`.
    static func launcher(_ place: Place, containerPID: Int64) -> [String] {
      let container = [
        "unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
        #"n=$1; shift; while :; do : & wait $!; [ $! -ge $((n - 1)) ] && break; done; "$@"; exit $?"#, "sh",
        "\(containerPID)",
      ]
      let elsewhere = ["unshare", "--uts", "sh", "-c", #"hostname "$0" && exec "$@""#, "stress-elsewhere"]
      switch place {
      case .host: return []
      case .otherUser: return otherUser
      case .ownNames: return ["unshare", "--uts"]
      case .otherHostName:
        return elsewhere
      case .container: return container
      case .containerElsewhere: return container + elsewhere
      case .containerOfOtherUser: return container + otherUser
      }
    }

    /// The restic among a process and its descendants.
    static func resticPID(under pid: pid_t) -> pid_t? {
      let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
      if let executable, executable.contains("/restic-") { return pid }
      let children = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
      return children.split(separator: " ").compactMap { pid_t($0) }.lazy.compactMap(resticPID).first
    }

    func signal(_ signal: Int32) { _ = kill(pid, signal) }

    /// Ends restic, or what it was started under and with that restic, and waits until nothing is left of it.
    func end(wholePlace: Bool) async throws {
      if wholePlace { child.kill(SIGKILL) } else { signal(SIGKILL) }
      try await child.wait()
      try await eventually("restic \(pid) is gone") { kill(pid, 0) == 0 ? nil : true }
    }
  }
#endif

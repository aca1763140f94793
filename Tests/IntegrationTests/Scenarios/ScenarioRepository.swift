import Foundation
import ResticFormat
import TestSupport
import Testing
import WallTime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A repository of a test's own, which real restic works on and which the test can forge locks into.
struct ScenarioRepository: Sendable {
  let folder: TemporaryFolder
  let forge: RepositoryForge

  var url: URL { forge.url }
  var locks: URL { url.appendingPathComponent("locks") }

  init(version: Int = 2, password: String? = TestEnvironment.fixturePassword) throws {
    folder = try TemporaryFolder("scenario")
    forge = try RepositoryForge(
      at: folder.url.appendingPathComponent("repo"), version: version, password: password)
  }

  /// Forges a lock whose own time and file time are both that old.
  @discardableResult
  func addLock(
    pid: Int64, secondsAgo: Double = 0, hostname: String = Machine.hostName, exclusive: Bool = false,
    username: String = "root", uid: UInt32? = nil, fileSecondsAgo: Double? = nil
  ) throws -> String {
    let modified = Date().timeIntervalSince1970 - (fileSecondsAgo ?? secondsAgo)
    return try forge.addLock(
      ForgedLock(
        time: Machine.time(secondsAgo: secondsAgo), isExclusive: exclusive, hostname: hostname,
        username: username,
        pid: pid, uid: uid),
      modified: UnixTime(seconds: Int64(modified))
    ).hex
  }

  /// Takes every lock away.
  func clearLocks() throws {
    for name in lockNames { try FileManager.default.removeItem(at: locks.appendingPathComponent(name)) }
  }

  var lockNames: Set<String> { Self.lockNames(in: locks) }

  /// The names in a folder that are names of locks.
  static func lockNames(in folder: URL) -> Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return Set(names.filter { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
  }

  /// A copy with all its times, for restic to do to it what must not be done to the original.
  func copy() async throws -> URL {
    let copy = folder.url.appendingPathComponent(UUID().uuidString)
    let result = try await ChildProcess.run("cp", ["-a", url.path, copy.path])
    try #require(result.exitCode == 0, "\(result.what)")
    return copy
  }

  /// Lets every user read everything.
  func makeReadable() async throws {
    chmod(folder.path, 0o755)
    let result = try await ChildProcess.run("chmod", ["-R", "a+rX", url.path])
    try #require(result.exitCode == 0, "\(result.what)")
  }

  /// Lets every user read everything, locks too that the newest restic has just put there.
  ///
  /// It takes the permissions of a lock away only once that has its name.
  func makeReadable(with locks: Set<String>) async throws {
    try await eventually("restic makes its lock read-only") {
      let areReadOnly = locks.allSatisfy { name in
        var status = stat()
        return stat(self.locks.appendingPathComponent(name).path, &status) == 0 && status.st_mode & 0o222 == 0
      }
      return areReadOnly ? true : nil
    }
    try await makeReadable()
  }

  /// Gives the repository to user 65534.
  func giveToNobody() async throws {
    chmod(folder.path, 0o755)
    let result = try await ChildProcess.run("chown", ["-R", "65534:65534", url.path])
    try #require(result.exitCode == 0, "\(result.what)")
  }
}

/// A restic that holds its locks until it is killed.
struct Holder {
  let child: ChildProcess
  /// The PID out here: of `child` itself, or of the restic that it started.
  let pid: pid_t
  let locks: Set<String>

  /// Ends restic as `kill -9` does, and waits until nothing is left of it.
  func kill() async throws {
    // Whoever waits for restic is not collected yet, so that the PID is still restic's.
    if child.isRunning { systemKill(pid, SIGKILL) }
    try await child.wait(timeout: .seconds(300))
  }
}

private func systemKill(_ pid: pid_t, _ signal: Int32) { _ = kill(pid, signal) }

extension ResticBinary {
  /// Starts a restic that waits for its input, and waits for its lock.
  func hold(
    _ arguments: [String] = ["backup", "--stdin"], in repository: URL, locksFolder: String = "locks",
    password: String? = TestEnvironment.fixturePassword, launcher: [String] = []
  ) async throws -> Holder {
    let folder = repository.appendingPathComponent(locksFolder)
    let before = ScenarioRepository.lockNames(in: folder)
    let child = try start(arguments, repository: repository, password: password, launcher: launcher)
    let locks = try await eventually("restic \(version) \(arguments) takes its lock") {
      if !child.isRunning {
        throw NeverHappened(description: "restic ended: \(try await child.wait().what)")
      }
      let added = ScenarioRepository.lockNames(in: folder).subtracting(before)
      return added.isEmpty ? nil : added
    }
    return Holder(child: child, pid: child.pid, locks: locks)
  }

  /// Starts a restic that would go on by itself, and stops it (SIGSTOP) while it holds that many locks.
  ///
  /// The only locks in `repository` are its own. A shell watches for them, as the test is not sure to be on time: restic
  /// holds its lock for 200 ms at least. On a machine so busy that this fails too, it is tried again.
  func stop(
    _ arguments: [String], in repository: URL, lockCount: Int = 1, environment: [String: String] = [:]
  ) async throws -> Holder {
    let script = #"""
      locks=$1 count=$2
      shift 2
      "$@" >/dev/null 2>&1 &
      echo "restic is $!"
      until [ "$found" = "$count" ]; do
        kill -0 $! 2>/dev/null || exit 0
        found=0
        for file in "$locks"/*; do
          case $file in *-tmp-* | *'*') ;; *) found=$((found + 1)) ;; esac
        done
      done
      kill -STOP $!
      echo stopped
      wait $!
      """#
    let folder = repository.appendingPathComponent("locks")
    return try await eventually("restic \(version) \(arguments) is stopped with \(lockCount) locks") {
      let child = try start(
        arguments, repository: repository, environment: environment,
        launcher: ["sh", "-c", script, "sh", folder.path, "\(lockCount)"], input: .none)
      try await eventually("the shell stops restic or misses it") {
        child.stdoutSoFar.contains("stopped") || !child.isRunning ? true : nil
      }
      let words = child.stdoutSoFar.split(whereSeparator: \.isWhitespace)
      guard words.last == "stopped", let pid = words.dropFirst(2).first.flatMap({ pid_t($0) }) else {
        return nil
      }
      // The stop takes effect once every thread has come to it: until then it may still delete its lock.
      try await eventually("every thread of restic stops") { hasStopped(pid) ? true : nil }
      let holder = Holder(child: child, pid: pid, locks: ScenarioRepository.lockNames(in: folder))
      if holder.locks.count == lockCount { return holder }
      try await holder.kill()
      for name in holder.locks {
        try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
      }
      return nil
    }
  }
}

/// Whether every thread of a process is stopped.
func hasStopped(_ pid: pid_t) -> Bool {
  #if os(Linux)
    let folder = "/proc/\(pid)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return !threads.isEmpty
      && threads.allSatisfy { thread in
        let status = (try? String(contentsOfFile: "\(folder)/\(thread)/stat", encoding: .utf8)) ?? ""
        return status.split(separator: ")").last?.split(separator: " ").first == "T"
      }
  #else
    return true
  #endif
}

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
    forge = try RepositoryForge(at: folder.url.appendingPathComponent("repo"), version: version, password: password)
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
        time: Machine.time(secondsAgo: secondsAgo), isExclusive: exclusive, hostname: hostname, username: username,
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

  /// Gives the repository to user 65534.
  func giveToNobody() async throws {
    chmod(folder.path, 0o755)
    let result = try await ChildProcess.run("chown", ["-R", "65534:65534", url.path])
    try #require(result.exitCode == 0, "\(result.what)")
  }
}

extension ResticBinary {
  /// Starts a restic that holds its lock until it is killed, and waits for the lock.
  ///
  /// `lockCount` is how many locks appear. A restic that goes on by itself is stopped (SIGSTOP) as soon as its locks
  /// are there; that misses on a busy machine, and is tried again.
  func hold(
    _ arguments: [String] = ["backup", "--stdin"], in repository: URL, locksFolder: String = "locks",
    stops: Bool = false, lockCount: Int = 1, password: String? = TestEnvironment.fixturePassword,
    environment: [String: String] = [:], launcher: [String] = []
  ) async throws -> (child: ChildProcess, locks: Set<String>) {
    let folder = repository.appendingPathComponent(locksFolder)
    let before = ScenarioRepository.lockNames(in: folder)
    func added() -> Set<String> { ScenarioRepository.lockNames(in: folder).subtracting(before) }
    return try await eventually("restic \(version) \(arguments) holds \(lockCount) locks") {
      let child = try start(
        arguments, repository: repository, password: password,
        environment: ["GOMAXPROCS": "2"].merging(environment) { $1 }, launcher: launcher)
      while child.isRunning {
        if added().count >= lockCount {
          guard stops else { return (child, added()) }
          child.kill(SIGSTOP)
          // The stop takes effect once every thread has come to it: until then it may still delete its lock.
          try await eventually("restic stops") { hasStopped(child.pid) || !child.isRunning ? true : nil }
          let locks = added()
          if locks.count >= lockCount { return (child, locks) }
          child.kill(SIGCONT)
        }
        try await Task.sleep(for: .milliseconds(2))
      }
      let result = try await child.wait()
      guard result.exitCode == 0, stops else { throw NeverHappened(description: "restic ended: \(result.what)") }
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

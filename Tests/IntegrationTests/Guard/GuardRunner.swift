import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A repository with one snapshot, and guards over commands that work on it.
struct GuardRunner: Sendable {
  let repository: ScenarioRepository
  let restic: ResticBinary
  private var state: String { repository.folder.path("state") }

  init(_ restic: ResticBinary = .newest) async throws {
    self.restic = restic
    repository = try ScenarioRepository()
    let first = try await restic.run(["backup", "/etc/hostname"], repository: repository.url)
    try #require(first.exitCode == 0, "\(first.what)")
  }

  var environment: [String: String] {
    TestEnvironment.clean.merging([
      "RESTIC_REPOSITORY": repository.url.path, "RESTIC_PASSWORD": TestEnvironment.fixturePassword,
      "XDG_STATE_HOME": state, "SWIFT_BACKTRACE": "enable=no", "RESTIC": restic.url.path,
      "RESLOCK": ReslockBinary.url.path, "LOCKS": repository.locks.path,
    ]) { $1 }
  }

  /// Starts `reslock guard FLAGS -- COMMAND`.
  func start(
    _ flags: [String] = [], _ command: [String], environment more: [String: String] = [:],
    input: ChildProcess.Input = .pipe
  ) throws -> ChildProcess {
    try ChildProcess(
      executable: ReslockBinary.url.path, arguments: ["guard"] + flags + ["--"] + command,
      environment: environment.merging(more) { $1 }, input: input)
  }

  func run(
    _ flags: [String] = [], _ command: [String], environment more: [String: String] = [:]
  ) async throws -> ProcessResult {
    try await start(flags, command, environment: more, input: .none).wait()
  }

  /// restic with these arguments, as a command of guard.
  func command(_ arguments: String...) -> [String] { [restic.url.path, "--no-cache"] + arguments }

  /// The PID that the only lock names, once it is there.
  func holder(_ child: ChildProcess) async throws -> pid_t {
    try await eventually("restic takes its lock") {
      if !child.isRunning { throw NeverHappened(description: "it ended: \(try await child.wait().what)") }
      return repository.lockNames.count == 1 ? true : nil
    }
    let lock = try await ReslockBinary.lock(of: repository.url)
    return pid_t(try #require(lock.pid))
  }

  /// What the journal says was removed, by ID.
  func removed() async throws -> [Removal] {
    let result = try await ReslockBinary.run(
      ["journal", "--json"], repository: nil, environment: ["XDG_STATE_HOME": state])
    try #require(result.exitCode == 0, "\(result.what)")
    return try result.stdout.split(separator: "\n").map { line in
      let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return Removal(
        id: record?["id"] as? String ?? "", outcome: record?["outcome"] as? String ?? "",
        askedBy: record?["asked_by"] as? String ?? "")
    }
  }

  struct Removal: Equatable {
    let id: String
    let outcome: String
    let askedBy: String
  }
}

/// Sends a signal to one process.
func send(_ signal: Int32, to pid: pid_t) { _ = kill(pid, signal) }

/// Whether a process is there and no zombie.
func isAlive(_ pid: pid_t) -> Bool {
  guard kill(pid, 0) == 0 else { return false }
  let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
  return status.split(separator: ")").last?.split(separator: " ").first != "Z"
}

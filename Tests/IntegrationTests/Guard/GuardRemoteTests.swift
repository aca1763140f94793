import BackendServers
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Guard over a repository that other machines write to as well.
@Suite struct GuardRemoteTests {
  @Test("behind rest-server a killed restic's lock stays, and guard says why")
  func killed() async throws {
    try Machine.requireWholeView()
    let server = try await RESTServer()
    let restic = ResticBinary.newest
    let location = server.location()
    let state = try TemporaryFolder()
    let environment = TestEnvironment.clean.merging([
      "RESTIC_PASSWORD": TestEnvironment.fixturePassword, "XDG_STATE_HOME": state.path,
      "SWIFT_BACKTRACE": "enable=no",
    ]) { $1 }
    func run(_ arguments: [String]) async throws -> ProcessResult {
      try await ChildProcess.run(restic.url.path, ["-r", location] + arguments, environment: environment)
    }
    let made = try await run(["init"])
    try #require(made.exitCode == 0, "\(made.what)")
    let child = try ChildProcess(
      executable: ReslockBinary.url.path,
      arguments: ["guard", "--", restic.url.path, "-r", location, "--no-cache", "backup", "--stdin"],
      environment: environment, input: .pipe)
    let lock = try await eventually("restic takes its lock") {
      if !child.isRunning { throw NeverHappened(description: "it ended: \(try await child.wait().what)") }
      let list = try await ReslockBinary.run(["list", "--json", "-r", location], environment: environment)
      return try list.answer(LockList.self).locks.first
    }
    kill(pid_t(try #require(lock.pid)), SIGKILL)
    let result = try await child.wait()
    #expect(result.exitCode == 137, "\(result.what)")
    #expect(
      result.stderr.contains("other machines may write to this repository: it is fresh"), "\(result.what)")
    let left = try await run(["list", "locks", "--no-lock", "-q"])
    #expect(left.stdout.trimmingCharacters(in: .whitespacesAndNewlines) == lock.id, "\(left.what)")
    let blocked = try await ChildProcess.run(
      ReslockBinary.url.path, ["guard", "--unlock", "--", restic.url.path, "-r", location, "prune"],
      environment: environment)
    #expect(blocked.exitCode == 11 && blocked.stderr.contains(lock.id.prefix(8)), "\(blocked.what)")
  }
}

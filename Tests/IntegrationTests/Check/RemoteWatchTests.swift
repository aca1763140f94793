import BackendServers
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `check`, `wait` and `observe` of a repository behind a server that real restic works on.
@Suite("Watching behind a server") struct RemoteWatchTests {
  private struct List: Decodable {
    struct Lock: Decodable { let id: String }
    let locks: [Lock]
  }

  private let server: RESTServer
  private let state: TemporaryFolder

  init() async throws {
    (server, state) = (try await RESTServer(), try TemporaryFolder())
    let made = try await ResticBinary.newest.run(["-r", server.location(), "init"], repository: nil)
    try #require(made.exitCode == 0, "\(made.what)")
  }

  private var environment: [String: String] { ["XDG_STATE_HOME": state.path] }

  private func run(_ arguments: [String]) async throws -> ProcessResult {
    try await ReslockBinary.run(arguments + ["-r", server.location()], environment: environment)
  }

  /// A real backup that lasts until its input ends, and its lock.
  private func hold() async throws -> (child: ChildProcess, lock: String) {
    let child = try ResticBinary.newest.start(
      ["-r", server.location(), "--no-cache", "backup", "--stdin"], repository: nil)
    let lock = try await eventually("restic takes its lock") {
      if !child.isRunning { throw NeverHappened(description: "it ended: \(child.stderrSoFar)") }
      let list = try await run(["list", "--json"])
      return try JSONDecoder().decode(List.self, from: Data(list.stdoutBytes)).locks.first?.id
    }
    return (child, lock)
  }

  @Test("check tells a free repository from a held one, and wait ends with the holder")
  func checksAndWaits() async throws {
    #expect(try await run(["check", "--for", "prune"]).exitCode == 0)
    let (child, lock) = try await hold()
    let blocked = try await run(["check", "--for", "prune", "-v"])
    #expect(blocked.exitCode == 11 && blocked.stdout.contains(lock.prefix(8)), "\(blocked.what)")
    #expect(try await run(["check", "--for", "backup"]).exitCode == 0)
    let waiting = try ReslockBinary.start(
      ["wait", "--for", "prune", "--timeout", "1h", "-r", server.location()],
      environment: environment.merging(["RESTIC_PASSWORD": TestEnvironment.fixturePassword]) { $1 },
      input: .none)
    try await eventually("wait says whom it waits for") {
      waiting.stderrSoFar.contains("prune is blocked by") ? true : nil
    }
    try child.writeInput(Data("saved\n".utf8))
    child.closeInput()
    try await child.wait()
    let result = try await waiting.wait(timeout: .seconds(300))
    #expect(result.exitCode == 0 && result.stdout.hasPrefix("prune can run"), "\(result.what)")
    let prune = try await ResticBinary.newest.run(["-r", server.location(), "prune"], repository: nil)
    #expect(prune.exitCode == 0, "\(prune.what)")
  }

  @Test("a poll of observe with nothing new is one listing, and nothing else")
  func pollsCheaply() async throws {
    let (child, lock) = try await hold()
    // Nobody can tell whether another machine's process of that name goes on, so that watching goes on.
    child.kill(SIGKILL)
    try await child.wait()
    let result = try await run(["observe", "--for", "6s", "--interval", "1s", "-vv"])
    #expect(result.exitCode == 0 && result.stdout.contains(lock.prefix(8)), "\(result.what)")
    func count(_ what: String) -> Int? {
      result.stderr.components(separatedBy: "\(what): ").dropFirst().first.flatMap {
        Int($0.prefix(while: \.isNumber))
      }
    }
    // config, the key and the lock are read once; the keys are listed once, and the locks twice at first.
    #expect(count("reads") == 3 && count("stats") == 1, "\(result.what)")
    let polls = (count("lists") ?? 0) - 3
    #expect((3...7).contains(polls), "\(result.what)")
  }
}

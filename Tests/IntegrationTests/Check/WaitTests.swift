import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `wait` beside real holders, and what it removes.
@Suite("wait") struct WaitTests {
  private let repository: ScenarioRepository

  init() throws { repository = try ScenarioRepository() }

  private func start(_ flags: [String]) throws -> ChildProcess {
    try ReslockBinary.start(
      ["wait", "-r", repository.url.path] + flags,
      environment: [
        "RESTIC_PASSWORD": TestEnvironment.fixturePassword,
        "XDG_STATE_HOME": repository.folder.path("state"),
      ], input: .none)
  }

  private func run(_ flags: [String]) async throws -> ProcessResult {
    try await ReslockBinary.run(
      ["wait"] + flags, repository: repository.url,
      environment: ["XDG_STATE_HOME": repository.folder.path("state")])
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test("it ends when the real holder ends, and then restic runs")
  func holderEnds() async throws {
    let holder = try await ResticBinary.newest.hold(in: repository.url)
    let waiting = try start(["--for", "prune", "--timeout", "1h"])
    try await eventually("wait says whom it waits for") {
      waiting.stderrSoFar.contains("PID \(holder.pid)") ? true : nil
    }
    #expect(waiting.isRunning)
    holder.child.closeInput()
    try await holder.child.wait(timeout: .seconds(300))
    let result = try await waiting.wait(timeout: .seconds(300))
    #expect(result.exitCode == 0 && result.stdout.hasPrefix("prune can run"), "\(result.what)")
    #expect(result.stderr.contains("prune is blocked by"))
    #expect(try await ResticBinary.newest.run(["prune"], repository: repository.url).exitCode == 0)
  }

  @Test("at the end of its time it names the holder, and exits with 11")
  func timesOut() async throws {
    let holder = try await ResticBinary.newest.hold(in: repository.url)
    let text = try await run(["--for", "prune", "--timeout", "2s"])
    #expect(text.exitCode == 11)
    #expect(
      text.stdout.hasPrefix("prune is still blocked after") && text.stdout.contains("PID \(holder.pid)"))
    let quiet = try await run(["--for", "prune", "--timeout", "0s", "-q"])
    #expect(quiet.exitCode == 11 && quiet.stderr.isEmpty)
    let json = try await run(["--for", "prune", "--timeout", "2s", "--json"])
    #expect(json.exitCode == 11)
    let objects = try objects(json.stdout)
    #expect(objects.map { $0["message_type"] as? String } == ["wait", "wait_summary"])
    #expect(objects.last?["outcome"] as? String == "timed_out")
    let locks = (objects.last?["locks"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
    #expect(Set(locks ?? []) == holder.locks)
    try await holder.kill()
  }

  @Test("a signal ends it in order, with 130 and what was in the way")
  func interrupted() async throws {
    let holder = try await ResticBinary.newest.hold(in: repository.url)
    let waiting = try start(["--for", "prune"])
    try await eventually("wait says whom it waits for") {
      waiting.stderrSoFar.contains("PID \(holder.pid)") ? true : nil
    }
    kill(waiting.pid, SIGINT)
    let result = try await waiting.wait(timeout: .seconds(300))
    #expect(result.exitCode == 130 && result.stdout.hasPrefix("interrupted after"), "\(result.what)")
    try await holder.kill()
  }

  @Test("without --unlock nothing is removed; with it what is stale and in the way, and undo brings it back")
  func unlocks() async throws {
    let id = try repository.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere")
    let kept = try await run(["--for", "prune", "--timeout", "0s", "--trust-clock"])
    #expect(kept.exitCode == 11 && repository.lockNames == [id])
    let beside = try await run(["--for", "backup", "--timeout", "0s", "--unlock", "--trust-clock"])
    #expect(beside.exitCode == 0 && repository.lockNames == [id])
    let result = try await run(["--for", "prune", "--timeout", "0s", "--unlock", "--trust-clock"])
    #expect(result.exitCode == 0 && repository.lockNames.isEmpty, "\(result.what)")
    #expect(result.stdout.contains("1 lock removed"))
    #expect(result.stderr.contains("removed") && result.stderr.contains(String(id.prefix(8))))
    let undone = try await ReslockBinary.run(
      ["undo", "--last"], repository: repository.url,
      environment: ["XDG_STATE_HOME": repository.folder.path("state")])
    #expect(undone.exitCode == 0 && repository.lockNames == [id], "\(undone.what)")
  }

  @Test("unattended, an exclusive lock of another host is not removed on the word of clocks")
  func unattended() async throws {
    let id = try repository.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere", exclusive: true)
    let flags = ["--for", "backup", "--timeout", "0s", "--unlock", "--trust-clock"]
    #expect(try await run(flags).exitCode == 11)
    #expect(repository.lockNames == [id])
    let json = try await run(flags + ["--yes", "--json"])
    #expect(json.exitCode == 0 && repository.lockNames.isEmpty, "\(json.what)")
    let objects = try objects(json.stdout)
    #expect(objects.map { $0["message_type"] as? String } == ["wait", "unlock", "wait_summary"])
    #expect(objects.last?["removed"] as? [String] == [id])
  }

  @Test("a holder that lives is never removed, however long it is waited for")
  func living() async throws {
    try Machine.requireWholeView()
    let holder = try await ResticBinary.newest.hold(in: repository.url)
    let result = try await run(["--for", "prune", "--timeout", "3s", "--unlock", "--yes"])
    #expect(result.exitCode == 11 && repository.lockNames == holder.locks)
    try await holder.kill()
  }

  @Test(
    "wrong use is 64",
    arguments: [
      [], ["--for", "nonsense"], ["--for", "prune", "--interval", "0s"], ["--for", "prune", "--yes"],
      ["--for", "prune", "--unlock", "--rules", "restic"],
      ["--for", "rewrite", "--restic-version", "0.12.0"],
    ])
  func wrongUse(flags: [String]) async throws {
    let result = try await run(flags)
    #expect(result.exitCode == 64 && result.stdout.isEmpty, "\(result.what)")
  }
}

import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Commands under guard that others end, and what becomes of their locks.
@Suite struct GuardEndTests {
  @Test(
    "a signal to guard reaches restic, which ends as without guard and leaves no lock",
    arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2], ResticBinary.all)
  func signals(signal: Int32, restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let plainRunner = try await GuardRunner(restic)
    let plain = try restic.start(
      ["backup", "--stdin"], repository: plainRunner.repository.url)
    _ = try await plainRunner.holder(plain)
    let expected = try await end(plain, by: signal)

    let runner = try await GuardRunner(restic)
    let child = try runner.start([], runner.command("backup", "--stdin"))
    let pid = try await runner.holder(child)
    #expect(pid != child.pid)
    let result = try await end(child, by: signal)
    let expectedCode = expected.exitCode ?? (128 + (expected.terminationSignal ?? 0))
    // Asked to end, restic ends with 1 or 130, by what it was at.
    let asked: Set<Int32> = [1, 130]
    let isEitherWay = asked.contains(result.exitCode ?? -1) && asked.contains(expectedCode)
    #expect(
      result.exitCode == expectedCode || (isEitherWay && [SIGINT, SIGTERM].contains(signal)),
      "\(result.what), plain \(expected.what)")
    #expect(runner.repository.lockNames.isEmpty && !isAlive(pid), "\(result.what)")
    // Guard removes what restic itself does not; whether that is so depends on what an old restic was at.
    let removedCount = try await runner.removed().count
    #expect(removedCount <= 1, "\(result.what)")
    #expect(result.stderr.contains("that the command left") == (removedCount == 1), "\(result.what)")
    if signal == SIGQUIT { #expect(removedCount == plainRunner.repository.lockNames.count, "\(result.what)") }
  }

  /// Restic goes on after SIGHUP and the users' signals, and after others it may wait for its input: what ends it is the
  /// end of that.
  private func end(_ child: ChildProcess, by signal: Int32) async throws -> ProcessResult {
    child.kill(signal)
    if [SIGINT, SIGTERM, SIGQUIT].contains(signal) {
      try await eventually("restic takes notice of signal \(signal)") {
        !child.isRunning || child.stderrSoFar.contains("cleaning up") ? true : nil
      }
    }
    try await Task.sleep(for: .seconds(1))
    child.closeInput()
    return try await child.wait()
  }

  @Test("a signal that comes while guard begins is never swallowed")
  func signalAtTheStart() async throws {
    let runner = try await GuardRunner()
    var orderlyEndCount = 0
    // On until its handlers were there several times: a busy machine needs more than a few milliseconds for that.
    for milliseconds in stride(from: 0, through: 3000, by: 3) where orderlyEndCount < 5 {
      let child = try runner.start(["--for", "backup"], ["sleep", "3"], input: .none)
      try await Task.sleep(for: .milliseconds(milliseconds))
      child.kill(SIGTERM)
      let result = try await child.wait()
      // Before its handlers are there it ends by the signal, then by itself, and later with the command.
      let isEnded = result.exitCode == nil || [143, 130].contains(result.exitCode)
      #expect(isEnded, "after \(milliseconds) ms: \(result.what)")
      if result.exitCode != nil { orderlyEndCount += 1 }
    }
    #expect(orderlyEndCount == 5)
  }

  @Test("the lock of a restic that is killed goes, recorded with its bytes", arguments: ResticBinary.all)
  func killed(restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner(restic)
    let other = try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let child = try runner.start([], runner.command("backup", "--stdin"))
    let name = try await eventually("restic takes its lock") {
      runner.repository.lockNames.subtracting([other]).first
    }
    let pid = pid_t(
      try #require(
        try await ReslockBinary.locks(of: runner.repository.url).first { $0.id == name }?.pid))
    send(SIGKILL, to: pid)
    let result = try await child.wait()
    #expect(result.exitCode == 137, "\(result.what)")
    #expect(result.stderr.contains("removed the shared lock \(name.prefix(8))"), "\(result.what)")
    #expect(runner.repository.lockNames == [other])
    let removals = try await runner.removed()
    #expect(removals.map(\.id) == [name] && removals.first?.outcome == "removed", "\(removals)")
    #expect(removals.first?.askedBy.contains("backup") == false, "\(removals)")
    let undo = try await ReslockBinary.run(
      ["undo", "--last"], repository: runner.repository.url,
      environment: ["XDG_STATE_HOME": runner.repository.folder.path("state")])
    #expect(undo.exitCode == 0 && runner.repository.lockNames == [other, name], "\(undo.what)")
  }

  @Test("a lock that was there before stays, even where all else speaks against it")
  func earlier() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let dead = try runner.repository.addLock(pid: ScenarioRepository.freePIDs.lowerBound, secondsAgo: 900)
    let result = try await runner.run(["--for", "backup"], ["sh", "-c", "kill -9 $$"])
    #expect(result.exitCode == 137 && runner.repository.lockNames == [dead], "\(result.what)")
    #expect(!result.stderr.contains(dead.prefix(8)), "\(result.what)")
  }

  @Test("a lock whose kind the command does not take stays, and guard says so")
  func otherKind() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let child = try runner.start(["--for", "check"], runner.command("backup", "--stdin"))
    let pid = try await runner.holder(child)
    send(SIGKILL, to: pid)
    let result = try await child.wait()
    #expect(result.exitCode == 137 && runner.repository.lockNames.count == 1, "\(result.what)")
    #expect(result.stderr.contains("it is shared, which the command does not take"), "\(result.what)")
  }

  @Test("the lock of a shell's child stays where the shell collects it, and guard says so")
  func shellsChild() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let child = try runner.start(
      ["--for", "backup"],
      ["sh", "-c", #"exec 3<&0; "$RESTIC" --no-cache backup --stdin <&3 & wait $!"#])
    let pid = try await runner.holder(child)
    let names = runner.repository.lockNames
    send(SIGKILL, to: pid)
    let result = try await child.wait()
    #expect(result.exitCode == 137 && runner.repository.lockNames == names, "\(result.what)")
    #expect(result.stderr.contains("is none whose end was seen from here"), "\(result.what)")
    #expect(try await runner.removed().isEmpty)
  }

  @Test("a restic that outlives its shell keeps its lock, and runs on")
  func survivingChild() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let child = try runner.start(
      ["--for", "backup"],
      ["sh", "-c", #"exec 3<&0; "$RESTIC" --no-cache backup --stdin <&3 & echo $$; wait"#])
    let pid = try await runner.holder(child)
    let shell = try #require(pid_t(child.stdoutSoFar.split(separator: "\n").first ?? ""))
    let names = runner.repository.lockNames
    send(SIGKILL, to: shell)
    let result = try await child.wait()
    #expect(result.exitCode == 137 && runner.repository.lockNames == names, "\(result.what)")
    #expect(isAlive(pid))
    child.closeInput()
    send(SIGKILL, to: pid)
    try await eventually("restic is gone") { isAlive(pid) ? nil : true }
  }

  @Test("at its timeout a backup is asked to end, and leaves nothing", arguments: ResticBinary.all)
  func timeout(restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner(restic)
    let child = try runner.start(["--timeout", "3s", "--grace", "10m"], runner.command("backup", "--stdin"))
    try await eventually("restic takes notice of SIGINT") {
      !child.isRunning || child.stderrSoFar.contains("cleaning up") ? true : nil
    }
    // It may be waiting for its input.
    try await Task.sleep(for: .seconds(1))
    child.closeInput()
    let result = try await child.wait()
    // On a busy machine it has not come to its lock by then, or not even to its signal handlers.
    #expect(result.exitCode == 130 || result.exitCode == 1, "\(result.what)")
    #expect(result.stderr.contains("has run for 3s, and is asked to end"), "\(result.what)")
    #expect(runner.repository.lockNames.isEmpty, "\(result.what)")
  }

  @Test("what does not end when asked is killed with all it started, and the lock it left goes")
  func killedTree() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    // Whatever is asked of them, these go on; one of them has a lock in its name.
    let script =
      "trap '' INT TERM HUP; sh -c 'echo $$; exec sleep 600' & sh -c 'echo $$; exec sleep 600' & wait"
    for seconds in [4, 30, 240] {
      let child = try runner.start(
        ["--timeout", "\(seconds)s", "--grace", "2s", "--for", "backup"], ["sh", "-c", script])
      let pids = try await eventually("the command tells its processes") {
        let lines = child.stdoutSoFar.split(separator: "\n").compactMap { pid_t($0) }
        return lines.count == 2 || !child.isRunning ? lines : nil
      }
      guard let holder = pids.last else { continue }
      let name = try runner.repository.addLock(pid: Int64(holder))
      let wasThere = child.isRunning && isAlive(holder)
      let result = try await child.wait()
      for pid in pids { #expect(!isAlive(pid), "\(result.what)") }
      #expect(result.stderr.contains("and is killed with all it started"), "\(result.what)")
      #expect(result.exitCode == 137, "\(result.what)")
      // On a busy machine the lock may have come too late; then it is tried again with more time.
      guard wasThere, result.stderr.contains(name.prefix(8)) else {
        try runner.repository.clearLocks()
        continue
      }
      #expect(result.stderr.contains("removed the shared lock \(name.prefix(8))"), "\(result.what)")
      #expect(runner.repository.lockNames.isEmpty, "\(result.what)")
      return
    }
    Issue.record("the lock was never there in time")
  }

  @Test("restic that waits for a pipe nobody empties is killed in the end, and no lock stays")
  func killedRestic() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let large = runner.repository.folder.path("large")
    try Data(count: 4 << 20).write(to: URL(fileURLWithPath: large))
    let backup = try await runner.restic.run(["backup", large], repository: runner.repository.url)
    try #require(backup.exitCode == 0, "\(backup.what)")
    let script = #""$RESTIC" --no-cache dump latest "$1" | (trap '' INT TERM HUP; exec sleep 600)"#
    let child = try runner.start(
      ["--timeout", "8s", "--grace", "4s", "--for", "dump"], ["sh", "-c", script, "sh", large])
    let result = try await child.wait()
    #expect(result.stderr.contains("and is killed with all it started"), "\(result.what)")
    #expect(runner.repository.lockNames.isEmpty, "\(result.what)")
    #expect(result.exitCode == 128 + SIGTERM || result.exitCode == 137, "\(result.what)")
  }

  @Test("a timeout ends no process but the command's own")
  func bystander() async throws {
    let runner = try await GuardRunner()
    // A process of guard's group and session that is not its descendant.
    let script =
      #"sleep 600 & echo $!; exec "$RESLOCK" guard --timeout 1s --grace 2s --for backup -- sleep 600"#
    let child = try ChildProcess(
      executable: "sh", arguments: ["-c", script], environment: runner.environment)
    let bystander = try await eventually("the bystander tells its PID") {
      child.stdoutSoFar.split(separator: "\n").first.flatMap { pid_t($0) }
    }
    let result = try await child.wait()
    #expect(result.exitCode == 128 + SIGINT, "\(result.what)")
    #expect(isAlive(bystander))
    send(SIGKILL, to: bystander)
  }

  @Test("with --json each remark is an object on standard error, and standard output stays the command's")
  func json() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let child = try runner.start(["--json"], runner.command("backup", "--stdin", "--quiet"))
    let pid = try await runner.holder(child)
    let name = try #require(runner.repository.lockNames.first)
    send(SIGKILL, to: pid)
    let result = try await child.wait()
    #expect(result.stdout.isEmpty)
    let lines = result.stderr.split(separator: "\n")
    let objects = try lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    #expect(objects.map { $0["event"] as? String } == ["left_removed"], "\(result.what)")
    #expect(objects.first?["lock"] as? String == name && objects.first?["message_type"] as? String == "guard")
  }
}

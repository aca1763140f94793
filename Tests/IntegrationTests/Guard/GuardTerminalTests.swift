import Foundation
import TestSupport
import Testing

/// Guard between a person's terminal and restic.
@Suite struct GuardTerminalTests {
  private func start(
    _ command: [String], _ runner: GuardRunner, environment more: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(
      executable: Machine.helper, arguments: ["terminal"] + command,
      environment: runner.environment.merging(["TERM": "xterm-256color", "PS1": "$ "]) { $1 }
        .merging(more) { $1 }, input: .pipe)
  }

  private func guarded(_ arguments: String..., runner: GuardRunner) -> [String] {
    [ReslockBinary.url.path, "guard", "--", runner.restic.url.path, "--no-cache"] + arguments
  }

  /// A restic that was interrupted goes on waiting for what is typed, until that ends.
  private func endInput(_ child: ChildProcess) async throws {
    try await eventually("restic cleans up, or has ended: \(child.stdoutSoFar)") {
      child.stdoutSoFar.contains("cleaning up") || !child.isRunning ? true : nil
    }
    if child.isRunning { try child.writeInput(Data([4])) }
  }

  @Test("Ctrl-C ends restic as it would end it alone", arguments: ResticBinary.all)
  func interrupt(restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner(restic)
    let child = try start(guarded("backup", "--stdin", "--quiet", runner: runner), runner)
    _ = try await runner.holder(child)
    try child.writeInput(Data("\u{3}".utf8))
    try await endInput(child)
    let result = try await child.wait()
    // What 0.18 says of an interrupted backup of its input.
    let code = restic.version == ResticBinaryVersion(0, 18, 0) ? 1 : 130
    #expect(result.stdout.contains("ended exit \(code) echo on"), "\(result.stdout.suffix(500))")
    #expect(runner.repository.lockNames.isEmpty)
    #expect(!result.stdout.contains("reslock:"), "\(result.stdout)")
  }

  @Test("what is typed as a signal comes once, and from no one else")
  func once() async throws {
    let runner = try await GuardRunner()
    let child = try start(
      [ReslockBinary.url.path, "guard", "--for", "backup", "--", Machine.helper, "count-signals"], runner)
    for (index, key) in [3, 28, 3].enumerated() {
      try await eventually("the command is ready, or shows the key: \(child.stdoutSoFar)") {
        child.stdoutSoFar.contains("ready") && child.stdoutSoFar.filter { $0 == "^" }.count >= index
          ? true : nil
      }
      try child.writeInput(Data([UInt8(key)]))
    }
    try await eventually("all keys are shown") {
      child.stdoutSoFar.filter { $0 == "^" }.count >= 3 ? true : nil
    }
    try child.writeInput(Data([4]))
    let result = try await child.wait()
    #expect(result.stdout.contains("received 2:2 3:1\r\n"), "\(result.stdout)")
    #expect(result.stdout.contains("ended exit 0 echo on"), "\(result.stdout)")
  }

  @Test("restic asks for its password on the terminal, and gets it")
  func password() async throws {
    let runner = try await GuardRunner()
    let child = try start(
      guarded("snapshots", runner: runner), runner, environment: ["RESTIC_PASSWORD": ""])
    try await eventually("restic asks: \(child.stdoutSoFar)") {
      child.stdoutSoFar.contains("enter password") && child.stdoutSoFar.contains("[now unseen]") ? true : nil
    }
    try child.writeInput(Data((TestEnvironment.fixturePassword + "\n").utf8))
    let result = try await child.wait()
    #expect(result.stdout.contains("1 snapshots") && result.stdout.contains("ended exit 0 echo on"))
    #expect(!result.stdout.contains("correct horse"), "\(result.stdout)")
  }

  @Test("restic sees the terminal that guard has")
  func terminal() async throws {
    let runner = try await GuardRunner()
    let child = try start(
      [
        ReslockBinary.url.path, "guard", "--for", "backup", "--", "sh", "-c",
        "test -t 0 && test -t 1 && test -t 2 && stty size && echo all there",
      ], runner)
    child.closeInput()
    let result = try await child.wait()
    #expect(result.stdout.contains("50 200") && result.stdout.contains("all there"), "\(result.stdout)")
  }

  @Test("Ctrl-Z stops guard and restic as one job, and fg lets both go on", arguments: [ResticBinary.newest])
  func jobControl(restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner(restic)
    // The end of input is for restic, which may have ended before it is read: it must not end the shell then.
    let child = try start(["sh", "-i", "-o", "ignoreeof"], runner)
    try child.writeInput(
      Data("\"$RESLOCK\" guard -- \"$RESTIC\" --no-cache backup --stdin --quiet; echo \"code $?\"\n".utf8))
    let pid = try await runner.holder(child)
    try child.writeInput(Data([0x1a]))
    try await eventually("the shell tells of the stop: \(child.stdoutSoFar)") {
      child.stdoutSoFar.contains("Stopped") && hasStopped(pid) ? true : nil
    }
    try child.writeInput(Data("fg\n".utf8))
    try await eventually("restic goes on") { hasStopped(pid) ? nil : true }
    try child.writeInput(Data([3]))
    try await endInput(child)
    try await eventually("restic is gone: \(child.stdoutSoFar)") { isAlive(pid) ? nil : true }
    try await eventually("its lock is gone") { runner.repository.lockNames.isEmpty ? true : nil }
    try child.writeInput(Data("echo \"code $?\"; exit\n".utf8))
    let result = try await child.wait()
    #expect(result.stdout.contains("code 130"), "\(result.stdout)")
  }
}

import Foundation
import TestSupport
import Testing

/// reslock on a terminal of its own, as people have it before them.
@Suite struct TerminalTests {
  private func start(
    _ arguments: [String], _ repository: ScenarioRepository, environment: [String: String] = [:]
  ) throws -> ChildProcess {
    var whole = TestEnvironment.clean
    whole["TERM"] = "xterm-256color"
    whole["XDG_STATE_HOME"] = repository.folder.path("state")
    whole["SWIFT_BACKTRACE"] = "enable=no"
    whole.merge(environment) { $1 }
    return try ChildProcess(
      executable: Machine.helper,
      arguments: ["terminal", ReslockBinary.url.path] + arguments + ["-r", repository.url.path],
      environment: whole, input: .pipe)
  }

  private func prompt(_ child: ChildProcess, times: Int = 1) async throws {
    try await eventually("reslock asks for the password: \(child.stdoutSoFar)") {
      child.stdoutSoFar.components(separatedBy: "enter password").count > times ? true : nil
    }
  }

  @Test("an interrupt at the password prompt gives the terminal its echo back and ends with 130")
  func interrupted() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    for arguments in [["status"], ["list", "--json"]] {
      let child = try start(arguments, repository)
      try await prompt(child)
      try child.writeInput(Data("secret\u{3}".utf8))
      let result = try await child.wait(timeout: .seconds(300))
      // Ended by the signal itself, or with the code that shells give for it.
      let isInterrupted =
        result.stdout.contains("ended signal 2 ") || result.stdout.contains("ended exit 130 ")
      #expect(isInterrupted, "\(result.stdout)")
      #expect(result.stdout.contains("echo on") && !result.stdout.contains("secret"), "\(result.stdout)")
    }
  }

  /// An `unlock --force` that asks for the ID of the only lock.
  private func forcing() async throws -> (ScenarioRepository, id: String, ChildProcess) {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 4711, hostname: "elsewhere")
    let child = try start(
      ["unlock", "--id", id, "--force", "--journal", repository.folder.path("journal")], repository,
      environment: ["RESTIC_PASSWORD": TestEnvironment.fixturePassword])
    try await eventually("reslock asks for the ID: \(child.stdoutSoFar)") {
      child.stdoutSoFar.contains("type \(id.prefix(8))") ? true : nil
    }
    return (repository, id, child)
  }

  /// It went on waiting for the ID, however often it was interrupted.
  @Test("an interrupt at the question of --force ends with 130, and the lock stays")
  func interruptedForce() async throws {
    let (repository, id, child) = try await forcing()
    try child.writeInput(Data("\u{3}".utf8))
    let result = try await child.wait(timeout: .seconds(60))
    #expect(result.stdout.contains("ended exit 130 "), "\(result.stdout)")
    #expect(repository.lockNames == [id])
  }

  @Test("what is typed at the question of --force decides", arguments: [true, false])
  func answeredForce(isRight: Bool) async throws {
    let (repository, id, child) = try await forcing()
    try child.writeInput(Data((isRight ? "\(id.prefix(8).uppercased())\n" : "deadbeef\n").utf8))
    let result = try await child.wait(timeout: .seconds(60))
    #expect(result.stdout.contains("ended exit \(isRight ? 0 : 64) "), "\(result.stdout)")
    #expect(repository.lockNames == (isRight ? [] : [id]))
  }

  /// After a second the line covered the question, and nobody knew that an answer was awaited.
  @Test("the question for the password stays in sight while it waits for its answer")
  func questionStays() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 4711)
    let child = try start(["status"], repository)
    try await prompt(child)
    try await Task.sleep(for: .seconds(3))
    let shown = child.stdoutSoFar
    #expect(shown.components(separatedBy: "enter password").last?.contains("reading ") == false, "\(shown)")
    try child.writeInput(Data("\(TestEnvironment.fixturePassword)\n".utf8))
    let result = try await child.wait(timeout: .seconds(300))
    #expect(result.stdout.contains("ended exit 0"), "\(result.stdout)")
  }

  @Test("a person has three tries, sees none of them, and the terminal is as before")
  func tries() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 4711)
    for (passwords, isRight) in [
      (["wrong one", TestEnvironment.fixturePassword], true), (["wrong one", "", "wrong two"], false),
      (["\u{4}", "\u{4}", "\u{4}"], false),
    ] {
      let child = try start(["status"], repository)
      for (index, password) in passwords.enumerated() {
        try await prompt(child, times: index + 1)
        try child.writeInput(Data((password + (password == "\u{4}" ? "" : "\n")).utf8))
      }
      let result = try await child.wait(timeout: .seconds(300))
      #expect(result.stdout.contains("ended exit \(isRight ? 0 : 12) echo on"), "\(result.stdout)")
      // A wrong password is a failure; who gives none is told what is known without one.
      #expect(result.stdout.contains(id.prefix(8)) == (isRight || passwords.allSatisfy { $0 == "\u{4}" }))
      #expect(result.stdout.contains("PID 4711") == isRight)
      #expect(!result.stdout.contains("wrong one") && !result.stdout.contains("correct horse"))
    }
  }

  @Test(
    "colour is for terminals that have it, and for those who want it",
    arguments: [([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false), (["TERM": ""], false)])
  func colour(environment: [String: String], isColoured: Bool) async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1)
    for arguments in [["status"], ["list"], ["list", "--wide"], ["show", id], ["status", "--json"]] {
      let child = try start(
        arguments, repository,
        environment: ["RESTIC_PASSWORD": TestEnvironment.fixturePassword].merging(environment) { $1 })
      child.closeInput()
      let result = try await child.wait(timeout: .seconds(300))
      #expect(result.stdout.contains("ended exit 0"), "\(result.stdout)")
      let expected = isColoured && !arguments.contains("--json")
      #expect(result.stdout.contains("\u{1b}[3") == expected, "\(arguments): \(result.stdout)")
      #expect(expected || !result.stdout.contains("\u{1b}"), "\(arguments): \(result.stdout)")
    }
  }

  @Test("a look that takes seconds shows its line without escapes", arguments: ["dumb", "", "xterm"])
  func slowLook(term: String) async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    let child = try start(
      ["list"], repository,
      environment: [
        "TERM": term, "NO_COLOR": "1",
        "RESTIC_PASSWORD_COMMAND": "sh -c 'sleep 3; echo \(TestEnvironment.fixturePassword)'",
      ])
    child.closeInput()
    let result = try await child.wait(timeout: .seconds(300))
    #expect(result.stdout.contains("reading ") && result.stdout.contains("ended exit 0"), "\(result.stdout)")
    #expect(!result.stdout.contains("\u{1b}"), "\(result.stdout)")
  }

  @Test("into a pipe or file there goes no escape")
  func pipe() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1)
    for arguments in [["status"], ["list"], ["list", "--wide"], ["show", id], ["--help"]] {
      let result = try await ReslockBinary.run(
        arguments, repository: arguments == ["--help"] ? nil : repository.url,
        environment: ["TERM": "xterm-256color", "CLICOLOR_FORCE": "1"])
      #expect(result.exitCode == 0 && !(result.stdout + result.stderr).contains("\u{1b}"))
    }
  }
}

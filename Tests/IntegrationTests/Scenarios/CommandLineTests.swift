import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The built program as users and scripts meet it.
@Suite struct CommandLineTests {
  @Test(
    "wrong usage is 64",
    arguments: [
      ["status", "--no-such-flag"], ["no-such-command"], ["list", "--sort", "colour"],
      ["list", "--verdict", "nice"],
      ["list", "--older-than", "5"], ["show"], ["status", "-q", "-v"], ["list", "--exclusive", "--shared"],
      ["status", "--restic-version", "new"], ["status", "--rules", "none"], ["list", "--pid", "x"],
      ["status", "-p", "/dev/null", "--password-command", "true"],
      ["status", "--repository-file", "/dev/null"],
      ["status", "--master-key", "/dev/null", "-p", "/dev/null"],
      ["unlock", "--rules", "restic", "--id", "ab", "--force", "--yes"],
      ["unlock", "--no-journal", "--journal", "/dev/null", "--yes"],
    ])
  func usage(arguments: [String]) async throws {
    let repository = try ScenarioRepository()
    let result = try await ReslockBinary.run(arguments, repository: repository.url, password: nil)
    #expect(result.exitCode == 64 && result.stdout.isEmpty && !result.stderr.isEmpty, "\(result.what)")
    let json = try await ReslockBinary.run(arguments + ["--json"], repository: repository.url, password: nil)
    #expect(json.stdout.isEmpty)
    _ = try json.exitError(64)
  }

  /// It showed how the value is held: `DurationArgument(seconds: 30.0)`.
  @Test("help shows default durations as they are typed", arguments: ["unlock", "observe", "wait", "check"])
  func defaultDurations(command: String) async throws {
    let help = try await ReslockBinary.run([command, "--help"], password: nil).stdout
    #expect(help.contains("(default: ") && !help.contains("DurationArgument"), "\(help)")
  }

  @Test("a failure with --json is one exit_error on standard error, and nothing on standard output")
  func exitErrors() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1)
    try repository.addLock(pid: 2)
    let none = repository.folder.url.appendingPathComponent("none")
    let cases: [(arguments: [String], repository: URL?, password: String?, exitCode: Int32)] = [
      (["status"], none, "x", 10), (["list"], none, nil, 10), (["show", "00"], none, "x", 10),
      (["status"], repository.url, "wrong", 12), (["show", id], repository.url, nil, 12),
      (["show", "ff00ff00ff"], repository.url, TestEnvironment.fixturePassword, 1),
      (["show", ""], repository.url, TestEnvironment.fixturePassword, 1),
      (["list", "--password-command", "false"], repository.url, nil, 1),
      (["list", "-p", none.path], repository.url, nil, 1),
      (["list", "--master-key", "/dev/null"], repository.url, nil, 1),
      (["list", "-o", "local.nothing=1"], repository.url, nil, 64),
      (["status", "-r", "nonsense:x"], nil, nil, 64),
      (["status", "-r", "rest:http://127.0.0.1:1/"], nil, nil, 1),
    ]
    for (arguments, location, password, exitCode) in cases {
      let result = try await ReslockBinary.run(
        arguments + ["--json"], repository: location, password: password)
      #expect(result.stdout.isEmpty, "\(arguments): \(result.stdout)")
      let error = try result.exitError(exitCode)
      #expect(!error.message.isEmpty)
      let plain = try await ReslockBinary.run(arguments, repository: location, password: password)
      #expect(plain.exitCode == exitCode && plain.stdout.isEmpty && !plain.stderr.isEmpty, "\(arguments)")
    }
  }

  @Test("locks that no password opens are told in JSON, with one exit_error beside them")
  func unopenedAsJSON() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    for arguments in [["status", "--json"], ["list", "--json"]] {
      let result = try await ReslockBinary.run(arguments, repository: repository.url, password: nil)
      #expect((try? JSONSerialization.jsonObject(with: Data(result.stdoutBytes))) != nil, "\(result.stdout)")
      _ = try result.exitError(12)
    }
  }

  @Test("hostile names put no control character on standard output in any mode, nor on standard error")
  func hostileNames() async throws {
    let repository = try ScenarioRepository()
    var controls =
      (1...31).compactMap(UnicodeScalar.init) + (0x7F...0x9F).compactMap { UnicodeScalar(UInt32($0)) }
    controls += ["\u{2028}", "\u{202E}", "\u{200B}", "\u{FEFF}", "\u{E000}", "\u{E0041}"]
    let hostile = controls.map { "a\($0)[31m" }.joined()
    var ids: [String] = []
    ids.append(try repository.addLock(pid: 1, hostname: hostile, username: hostile))
    ids.append(try repository.addLock(pid: 1, secondsAgo: 90_000, hostname: hostile, username: hostile))
    let stray = "\u{1b}]0;title\u{7}\u{9b}31m\n\u{202E}"
    try Data().write(to: repository.locks.appendingPathComponent(stray))
    var runs = [
      ["status"], ["status", "-vv"], ["list"], ["list", "--wide"], ["list", "-q"], ["show"] + ids,
    ]
    runs += runs.map { $0 + ["--json"] }.filter { !$0.contains("-q") }
    runs += [["show", stray], ["list", "--host", hostile], ["show", "a\u{1b}[31mb"]]
    for arguments in runs {
      let result = try await ReslockBinary.run(arguments, repository: repository.url)
      #expect(result.exitCode == 0 || result.exitCode == 1, "\(result.what)")
      for output in [result.stdout, result.stderr] {
        let raw = output.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
        #expect(raw.isEmpty, "\(arguments): \(raw.map { String($0.value, radix: 16) })")
      }
      // In JSON a line break ends a document, in text a line of ours.
      if arguments.contains("--json") {
        #expect(result.stdout.split(separator: "\n").count == (arguments[0] == "show" ? 2 : 1))
        #expect(result.stdout.contains("\\u001b"))
      } else {
        let hidden = result.stdout.unicodeScalars.filter {
          "\u{2028}\u{202E}\u{200B}\u{FEFF}\u{E0041}".unicodeScalars.contains($0)
        }
        #expect(hidden.isEmpty, "\(arguments)")
      }
    }
    // What JSON escapes comes back as it was.
    let lock = try await ReslockBinary.locks(of: repository.url).first { $0.id == ids[0] }
    #expect(lock?.hostname == hostile && lock?.username == hostile)
  }

  @Test("no password appears in any output, right or wrong, however much is told")
  func noPassword() async throws {
    let password = "hunter2 \\Zebra's"
    let repository = try ScenarioRepository(password: password)
    let id = try repository.addLock(pid: 1)
    let file = repository.folder.url.appendingPathComponent("password")
    let wrongFile = repository.folder.url.appendingPathComponent("wrong")
    try Data("\(password)\n".utf8).write(to: file)
    try Data("hunter2 wrong Zebra\n".utf8).write(to: wrongFile)
    let sources: [(flags: [String], password: String?)] = [
      ([], password), ([], "hunter2 wrong Zebra"), (["-p", file.path], nil), (["-p", wrongFile.path], nil),
      (["--password-command", "cat \(file.path)"], nil),
      (["--password-command", "cat \(wrongFile.path)"], nil),
      (["--password-command", "sh -c 'echo hunter2 Zebra >&2; exit 3'"], nil),
      (["--insecure-no-password"], password), (["--master-key", file.path], nil),
    ]
    for (flags, password) in sources {
      for arguments in [["status"], ["list", "--json"], ["show", "--json", id], ["show", id]] {
        let result = try await ReslockBinary.run(
          arguments + ["-vv"] + flags, repository: repository.url, password: password)
        // What the password command itself says is the user's own.
        let isCommandsOwn = flags.contains { $0.contains(">&2") }
        for output in isCommandsOwn ? [result.stdout] : [result.stdout, result.stderr] {
          #expect(!output.contains("hunter2") && !output.contains("Zebra"), "\(arguments + flags): \(output)")
        }
      }
    }
  }

  @Test(
    "an answer that can't be written whole is a failure",
    arguments: [
      #"exec "$@" >/dev/full"#, #"exec "$@" >&-"#,
      // A pipe whose reader is gone before anything is written.
      #"mkfifo "$FIFO"; (exec <"$FIFO") & exec 3>"$FIFO"; wait; exec "$@" >&3"#,
      #"trap '' PIPE; mkfifo "$FIFO"; (exec <"$FIFO") & exec 3>"$FIFO"; wait; exec "$@" >&3"#,
    ])
  func unwritable(script: String) async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1)
    let state = try FolderState(repository.url)
    for arguments in [
      ["status"], ["list", "--json"], ["show", id], ["--help"], ["--version"], ["list", "-q"],
    ] {
      let result = try await ReslockBinary.run(
        arguments, repository: arguments[0].hasPrefix("--") ? nil : repository.url,
        environment: ["FIFO": repository.folder.path("fifo-\(UUID().uuidString)")],
        launcher: ["sh", "-c", script, "sh"])
      #expect(result.exitCode != 0, "\(arguments) \(result.what)")
    }
    #expect(try FolderState(repository.url).differences(from: state).isEmpty)
  }

  @Test("standard streams that are closed from the start do no harm")
  func closedStreams() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    let state = try FolderState(repository.url)
    for password in [TestEnvironment.fixturePassword, "wrong", nil] {
      let result = try await ReslockBinary.run(
        ["status", "-vv"], repository: repository.url, password: password,
        launcher: ["sh", "-c", #"exec "$@" <&- >&- 2>&-"#, "sh"])
      #expect(result.exitCode != 0 && result.terminationSignal == nil, "\(result.what)")
    }
    #expect(try FolderState(repository.url).differences(from: state).isEmpty)
  }

  @Test("a state folder that can't be made or written does no harm")
  func stateFolder() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    let file = repository.folder.url.appendingPathComponent("file")
    try Data().write(to: file)
    for place in ["/proc/reslock", "/dev/null", file.path, "/nonexistent/\u{1b}", "relative", ""] {
      let result = try await ReslockBinary.run(
        ["list", "--json"], repository: repository.url, environment: ["XDG_STATE_HOME": place, "HOME": place])
      #expect(try result.answer(LockList.self).locks.count == 1)
      #expect(result.stderr.isEmpty, "\(result.stderr)")
    }
  }
}

import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Commands under guard that end by themselves, and those that are never started.
@Suite struct GuardTests {
  @Test("a backup that succeeds or fails does so as without guard", arguments: ResticBinary.all)
  func ends(restic: ResticBinary) async throws {
    let runner = try await GuardRunner(restic)
    var endings: Set<Int32?> = []
    for arguments in [
      ["backup", "/etc/hostname"], ["backup", "/etc/no-such-file"], ["ls", "nothing"], ["bakcup"],
    ] {
      let plain = try await restic.run(arguments, repository: runner.repository.url)
      let flags = arguments == ["bakcup"] ? ["--for", "backup"] : []
      let guarded = try await runner.run(flags, [restic.url.path, "--no-cache"] + arguments)
      #expect(guarded.exitCode == plain.exitCode, "\(arguments): \(guarded.what), plain \(plain.what)")
      endings.insert(guarded.exitCode)
      #expect(!guarded.stderr.contains("reslock"), "\(guarded.what)")
      #expect(runner.repository.lockNames.isEmpty)
    }
    #expect(endings.contains(0) && endings.contains(1))
    #expect(try await runner.removed().isEmpty)
  }

  @Test("bytes, arguments, variables, folder and exit code are the command's own")
  func transparent() async throws {
    let runner = try await GuardRunner()
    let script = #"printf '%s|' "$@"; printf '%s|' "$MARK"; pwd; cat; echo to-stderr >&2; exit 42"#
    let child = try runner.start(
      ["--for", "backup"], ["sh", "-c", script, "sh", "--", "a b", "", "--json", "é\u{1}"],
      environment: ["MARK": "mine"], input: .bytes(Data([0, 255, 10, 7])))
    let result = try await child.wait()
    #expect(result.exitCode == 42)
    let folder = FileManager.default.currentDirectoryPath
    #expect(
      result.stdoutBytes == Array("--|a b||--json|é\u{1}|mine|\(folder)\n".utf8) + [0, 255, 10, 7],
      "\(result.stdout)")
    #expect(result.stderr == "to-stderr\n")
  }

  #if os(Linux)
    @Test("the command is in guard's process group, with its signals as they were")
    func group() async throws {
      let runner = try await GuardRunner()
      let script =
        "trap '' HUP; exec \"$RESLOCK\" guard --for backup -- cat /proc/self/stat /proc/self/status"
      let child = try ChildProcess(
        executable: "sh", arguments: ["-c", script], environment: runner.environment)
      let result = try await child.wait()
      let fields =
        result.stdout.split(separator: "\n").first?.split(separator: ")").last?.split(separator: " ") ?? []
      #expect(fields.dropFirst(2).first == "\(child.pid)", "\(result.stdout)")
      func mask(_ name: String) throws -> UInt64 {
        let line = try #require(result.stdout.split(separator: "\n").first { $0.hasPrefix(name) })
        return try #require(UInt64(line.split(whereSeparator: \.isWhitespace)[1], radix: 16))
      }
      // The C library ignores two of its own in whatever it starts.
      #expect(try mask("SigIgn:") & 0x7fff_ffff == 1 && mask("SigBlk:") == 0, "\(result.stdout)")
    }
  #endif

  @Test("every signal that is sent to guard reaches the command, once")
  func signals() async throws {
    let runner = try await GuardRunner()
    let script = #"""
      for name in HUP INT QUIT USR1 TERM CONT WINCH; do trap "echo $name" "$name"; done
      sleep 600 &
      trap 'kill $!; exit 7' USR2
      echo ready
      while :; do wait $!; done
      """#
    let child = try runner.start(["--for", "backup"], ["sh", "-c", script])
    var expected = "ready\n"
    for (name, signal) in [
      ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("USR1", SIGUSR1), ("TERM", SIGTERM),
      ("CONT", SIGCONT), ("WINCH", SIGWINCH),
    ] {
      try await eventually("\(expected) is told") { child.stdoutSoFar == expected ? true : nil }
      child.kill(signal)
      expected += name + "\n"
    }
    try await eventually("\(expected) is told") { child.stdoutSoFar == expected ? true : nil }
    child.kill(SIGUSR2)
    let result = try await child.wait()
    #expect(result.exitCode == 7 && result.stdout == expected, "\(result.what): \(result.stdout)")
  }

  struct Unstarted: Sendable {
    var flags: [String] = []
    var command: [String]
    var environment: [String: String] = [:]
    let exitCode: Int32
    let says: String
  }

  static let unstarted = [
    Unstarted(flags: ["--for", "backup"], command: ["no-such-program"], exitCode: 127, says: "is not found"),
    Unstarted(
      flags: ["--for", "backup"], command: ["./no/such/program"], exitCode: 127, says: "is not found"),
    Unstarted(
      flags: ["--for", "backup"], command: ["/etc"], exitCode: 125, says: "can't be started"),
    Unstarted(flags: ["--for", "backup"], command: [""], exitCode: 127, says: "is not found"),
    Unstarted(command: ["sh", "-c", "touch started"], exitCode: 64, says: "--for"),
    Unstarted(flags: ["--for", "bakcup"], command: ["true"], exitCode: 64, says: "bakcup"),
    Unstarted(command: [], exitCode: 64, says: "behind --"),
    Unstarted(
      flags: ["--for", "backup"], command: ["sh", "-c", "touch started"],
      environment: ["RESTIC_REPOSITORY": "/etc/no-such-file"], exitCode: 125, says: "no config file"),
    Unstarted(
      flags: ["--for", "backup", "-r", "nonsense:x"], command: ["sh", "-c", "touch started"], exitCode: 125,
      says: "nonsense"),
  ]

  @Test("what can't be guarded is not started, and says why", arguments: unstarted)
  func notStarted(row: Unstarted) async throws {
    let runner = try await GuardRunner()
    let result = try await runner.run(row.flags, row.command, environment: row.environment)
    #expect(result.exitCode == row.exitCode, "\(result.what)")
    #expect(result.stderr.contains(row.says) && result.stdout.isEmpty, "\(result.what)")
    let json = try await runner.run(row.flags + ["--json"], row.command, environment: row.environment)
    #expect(json.exitCode == row.exitCode, "\(json.what)")
    _ = try json.exitError(row.exitCode)
  }

  @Test("where locks are and the password is wrong or missing, nothing is started")
  func password() async throws {
    let runner = try await GuardRunner()
    try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let marker = runner.repository.folder.path("started")
    for password in ["wrong", ""] {
      let result = try await runner.run(
        ["--for", "backup"], ["touch", marker], environment: ["RESTIC_PASSWORD": password])
      #expect(result.exitCode == 125 && !FileManager.default.fileExists(atPath: marker), "\(result.what)")
      #expect(result.stderr.contains("password"), "\(result.what)")
    }
    #expect(runner.repository.lockNames.count == 1)
  }

  @Test("a password that can be read once only is left to the command")
  func pipedPassword() async throws {
    let runner = try await GuardRunner()
    let script = #"exec "$RESLOCK" guard -- "$RESTIC" --no-cache -p <(echo "$WORD") backup /etc/hostname"#
    func run() async throws -> ProcessResult {
      try await ChildProcess.run(
        "bash", ["-c", script],
        environment: runner.environment.merging([
          "RESTIC_PASSWORD": "", "WORD": TestEnvironment.fixturePassword,
        ]) { $1 })
    }
    let free = try await run()
    #expect(free.exitCode == 0 && free.stdout.contains("saved"), "\(free.what)")
    try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let locked = try await run()
    #expect(locked.exitCode == 125 && locked.stderr.contains("once only"), "\(locked.what)")
  }

  @Test("a blocked command is not started, and who blocks it is named")
  func blocked() async throws {
    let runner = try await GuardRunner()
    let id = try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere", exclusive: true)
    for flags in [[], ["--wait", "2s"], ["--unlock"]] {
      let result = try await runner.run(flags, runner.command("backup", "/etc/hostname"))
      #expect(result.exitCode == 11 && result.stdout.isEmpty, "\(result.what)")
      #expect(result.stderr.contains(id.prefix(8)) && result.stderr.contains("root@elsewhere, PID 4711"))
      #expect(result.stderr.contains("waiting up to") == (flags.first == "--wait"), "\(result.what)")
    }
    #expect(runner.repository.lockNames == [id])
  }

  @Test("with --wait the command starts when the way is free")
  func waits() async throws {
    let runner = try await GuardRunner()
    try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere", exclusive: true)
    let child = try runner.start(
      ["--wait", "10m"], runner.command("backup", "/etc/hostname"), input: .none)
    try await eventually("guard waits") { child.stderrSoFar.contains("waiting up to") ? true : nil }
    #expect(child.isRunning && child.stdoutSoFar.isEmpty)
    try runner.repository.clearLocks()
    let result = try await child.wait()
    #expect(result.exitCode == 0 && result.stdout.contains("saved"), "\(result.what)")
  }

  @Test(
    "an interrupt while it waits ends guard, and the command is not started", arguments: [SIGINT, SIGTERM])
  func interruptedWait(signal: Int32) async throws {
    let runner = try await GuardRunner()
    try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere", exclusive: true)
    let child = try runner.start(["--wait", "10m"], runner.command("backup", "/etc/hostname"))
    try await eventually("guard waits") { child.stderrSoFar.contains("waiting up to") ? true : nil }
    child.kill(signal)
    let result = try await child.wait()
    #expect(result.exitCode == 130 && result.stdout.isEmpty, "\(result.what)")
  }

  @Test("with --unlock a dead lock goes first, recorded, and a living one stays")
  func unlocks() async throws {
    try Machine.requireWholeView()
    let runner = try await GuardRunner()
    let dead = try runner.repository.addLock(
      pid: ScenarioRepository.freePIDs.lowerBound, secondsAgo: 900, exclusive: true)
    let shared = try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let result = try await runner.run(["--unlock"], runner.command("backup", "/etc/hostname"))
    #expect(result.exitCode == 0 && result.stderr.contains("removed \(dead.prefix(8))"), "\(result.what)")
    #expect(runner.repository.lockNames == [shared])
    #expect(try await runner.removed().map(\.id) == [dead])
    let prune = try await runner.run(["--unlock"], runner.command("prune"))
    #expect(prune.exitCode == 11 && runner.repository.lockNames == [shared], "\(prune.what)")
  }

  @Test("what takes no lock runs whatever lies there")
  func lockFree() async throws {
    let runner = try await GuardRunner()
    try runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere", exclusive: true)
    for arguments in [["version"], ["list", "locks"], ["--no-lock", "snapshots"], ["backup", "--help"]] {
      let plain = try await runner.restic.run(arguments, repository: runner.repository.url)
      let guarded = try await runner.run([], [runner.restic.url.path, "--no-cache"] + arguments)
      #expect(
        guarded.exitCode == 0 && guarded.stdoutBytes == plain.stdoutBytes, "\(arguments): \(guarded.what)")
    }
  }

  @Test("the repository watched is the one the command names")
  func repositoryOfCommand() async throws {
    let runner = try await GuardRunner()
    let other = try await GuardRunner()
    try other.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere", exclusive: true)
    let blocked = try await runner.run(
      [], [runner.restic.url.path, "--no-cache", "-r", other.repository.url.path, "backup", "/etc/hostname"])
    #expect(blocked.exitCode == 11, "\(blocked.what)")
    let free = try await other.run(
      [], [runner.restic.url.path, "--no-cache", "-r", runner.repository.url.path, "backup", "/etc/hostname"])
    #expect(free.exitCode == 0, "\(free.what)")
  }
}

import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// reslock under the name of restic.
@Suite struct ShimTests {
  /// A folder with a `restic` that is reslock, and what programs that use it have in their environment.
  struct Shim {
    let runner: GuardRunner
    let path: String
    var environment: [String: String]

    init(_ restic: ResticBinary = .newest) async throws {
      runner = try await GuardRunner(restic)
      let folder = runner.repository.folder.url.appendingPathComponent("shim")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      path = folder.appendingPathComponent("restic").path
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: ReslockBinary.url.path)
      environment = runner.environment
      environment["RESLOCK_RESTIC"] = restic.url.path
    }

    func start(_ arguments: [String], environment more: [String: String] = [:]) throws -> ChildProcess {
      try ChildProcess(
        executable: path, arguments: arguments, environment: environment.merging(more) { $1 }, input: .pipe)
    }

    func run(_ arguments: [String], environment more: [String: String] = [:]) async throws -> ProcessResult {
      let child = try start(arguments, environment: more)
      child.closeInput()
      return try await child.wait()
    }
  }

  static let commands: [[String]] = [
    ["version"], ["help"], ["backup", "--help"], [], ["bakcup"], ["snapshots"], ["snapshots", "--json"],
    ["cat", "config"], ["list", "snapshots"], ["list", "locks"], ["ls", "latest"],
    ["ls", "latest", "--json"],
    ["stats", "--json"], ["key", "list"], ["find", "hostname"], ["forget", "--keep-last", "1", "--dry-run"],
    ["backup", "--dry-run", "--quiet", "/etc/hostname"], ["backup", "/etc/no-such-file"], ["diff", "a", "b"],
    ["-r", "/etc/no-such-repository", "snapshots"], ["dump", "latest", "/etc/hostname"],
  ]

  @Test("output and exit code are those of plain restic, byte for byte", arguments: ResticBinary.all)
  func identical(restic: ResticBinary) async throws {
    let shim = try await Shim(restic)
    for arguments in Self.commands {
      let arguments = ["--no-cache"] + arguments
      let plain = try ChildProcess(
        executable: restic.url.path, arguments: arguments, environment: shim.environment)
      let expected = try await plain.wait()
      let result = try await shim.run(arguments)
      #expect(result.stdoutBytes == expected.stdoutBytes, "\(arguments): \(result.stdout)")
      #expect(result.stderrBytes == expected.stderrBytes, "\(arguments): \(result.what)")
      #expect(result.exitCode == expected.exitCode, "\(arguments): \(result.what)")
    }
    #expect(shim.runner.repository.lockNames.isEmpty)
  }

  @Test("a backup's stream of JSON has nothing of ours in it")
  func backupJSON() async throws {
    let shim = try await Shim()
    let result = try await shim.run(["--no-cache", "backup", "--json", "/etc/hostname"])
    #expect(result.exitCode == 0 && result.stderr.isEmpty, "\(result.what)")
    for line in result.stdout.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(["status", "summary", "verbose_status"].contains(object?["message_type"] as? String))
    }
    #expect(result.stdout.contains("snapshot_id"))
  }

  @Test("the real restic is the next in PATH that is not reslock")
  func searchPath() async throws {
    let shim = try await Shim()
    let real = shim.runner.repository.folder.url.appendingPathComponent("real")
    let second = shim.runner.repository.folder.url.appendingPathComponent("second")
    for folder in [real, second] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      atPath: real.appendingPathComponent("restic").path, withDestinationPath: shim.runner.restic.url.path)
    try FileManager.default.createSymbolicLink(
      atPath: second.appendingPathComponent("restic").path, withDestinationPath: shim.path)
    let shimFolder = URL(fileURLWithPath: shim.path).deletingLastPathComponent().path
    let path = "\(shimFolder):\(second.path):relative:\(real.path):/usr/bin:/bin"
    let found = try await shim.run(["version"], environment: ["RESLOCK_RESTIC": "", "PATH": path])
    #expect(found.exitCode == 0 && found.stdout.hasPrefix("restic \(shim.runner.restic.version)"))
    let missing = try await shim.run(
      ["version"], environment: ["RESLOCK_RESTIC": "", "PATH": "\(shimFolder):\(second.path)"])
    #expect(missing.exitCode == 127 && missing.stdout.isEmpty, "\(missing.what)")
  }

  @Test("what leads back to reslock or says nonsense is refused")
  func refused() async throws {
    let shim = try await Shim()
    for variables in [
      ["RESLOCK_RESTIC": shim.path], ["RESLOCK_GUARD_WAIT": "soon"], ["RESLOCK_GUARD_UNLOCK": "perhaps"],
      ["RESLOCK_SHIM_UNLOCK": "never"], ["RESLOCK_RESTIC": "/etc"],
    ] {
      let result = try await shim.run(["snapshots"], environment: variables)
      #expect(result.exitCode == 125 && result.stdout.isEmpty, "\(variables): \(result.what)")
      let name = try #require(variables.keys.first)
      #expect(result.stderr.contains(name == "RESLOCK_RESTIC" ? "error" : name), "\(result.what)")
    }
    let missing = try await shim.run(
      ["snapshots"], environment: ["RESLOCK_RESTIC": "/etc/no-such-folder/restic"])
    #expect(missing.exitCode == 127, "\(missing.what)")
  }

  @Test("who interrupts the look before it starts no restic", arguments: [SIGINT, SIGTERM])
  func interruptedLook(signal: Int32) async throws {
    var shim = try await Shim()
    try shim.runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let folder = shim.runner.repository.folder
    let (isAsking, hasRun, program) = (folder.path("asking"), folder.path("run"), folder.path("program"))
    try Data("#!/bin/sh\ntouch '\(hasRun)'\n".utf8).write(to: URL(fileURLWithPath: program))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    shim.environment["RESTIC_PASSWORD"] = nil
    let child = try shim.start(
      ["backup", "/etc/hostname"],
      environment: [
        "RESLOCK_RESTIC": program, "RESLOCK_GUARD_WAIT": "1m",
        "RESTIC_PASSWORD_COMMAND": "sh -c 'touch \(isAsking); exec sleep 600'",
      ])
    try await eventually("the password is asked for") {
      FileManager.default.fileExists(atPath: isAsking) ? true : nil
    }
    child.kill(signal)
    let result = try await child.wait()
    #expect(result.exitCode == 130, "\(result.what)")
    #expect(!FileManager.default.fileExists(atPath: hasRun), "\(result.what)")
  }

  @Test("the lock of a restic that is killed goes", arguments: ResticBinary.all)
  func killed(restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let shim = try await Shim(restic)
    let child = try shim.start(["--no-cache", "backup", "--stdin", "--json"])
    let pid = try await shim.runner.holder(child)
    send(SIGKILL, to: pid)
    let result = try await child.wait()
    #expect(result.exitCode == 137 && !result.stdout.contains("reslock"), "\(result.what)")
    #expect(shim.runner.repository.lockNames.isEmpty && result.stderr.contains("that the command left"))
    #expect(try await shim.runner.removed().count == 1)
  }

  #if os(Linux)
    @Test("a job that is cancelled by killing reslock itself ends, and takes its lock along")
    func shimKilled() async throws {
      let shim = try await Shim()
      let child = try shim.start(["--no-cache", "backup", "--stdin"])
      let pid = try await shim.runner.holder(child)
      child.kill(SIGKILL)
      try await eventually("restic gives its lock back") {
        shim.runner.repository.lockNames.isEmpty ? true : nil
      }
      child.closeInput()
      try await eventually("restic ends") { isAlive(pid) ? nil : true }
      #expect(try await child.wait().terminationSignal == SIGKILL)
    }
  #endif

  @Test(
    "restic itself says that it is blocked, in its own words", arguments: [[:], ["RESLOCK_GUARD_WAIT": "1s"]])
  func blocked(variables: [String: String]) async throws {
    let shim = try await Shim()
    try shim.runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere", exclusive: true)
    let result = try await shim.run(["--no-cache", "backup", "/etc/hostname"], environment: variables)
    #expect(result.exitCode == 11 && result.stderr.contains("repository is already locked"), "\(result.what)")
    #expect(result.stderr.contains("reslock: waiting") != variables.isEmpty, "\(result.what)")
  }

  @Test("with RESLOCK_GUARD_UNLOCK what is dead and in the way goes first")
  func unlocksFirst() async throws {
    try Machine.requireWholeView()
    let shim = try await Shim()
    try shim.runner.repository.addLock(
      pid: ScenarioRepository.freePIDs.lowerBound, secondsAgo: 900, exclusive: true)
    let result = try await shim.run(
      ["--no-cache", "backup", "/etc/hostname"], environment: ["RESLOCK_GUARD_UNLOCK": "yes"])
    #expect(result.exitCode == 0 && shim.runner.repository.lockNames.isEmpty, "\(result.what)")
  }

  @Test("a guard that can't watch does not stop a backup")
  func unwatched() async throws {
    let shim = try await Shim()
    for variables in [
      ["XDG_STATE_HOME": "/dev/null"], ["RESLOCK_GUARD_UNLOCK": "1", "HOME": "", "XDG_STATE_HOME": ""],
    ] {
      let result = try await shim.run(["--no-cache", "backup", "/etc/hostname"], environment: variables)
      #expect(result.exitCode == 0 && result.stdout.contains("saved"), "\(result.what)")
    }
  }

  @Test("unlock is answered by reslock's rules in restic's words", arguments: ResticBinary.all)
  func unlock(restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    let shim = try await Shim(restic)
    let repository = shim.runner.repository
    let none = try await shim.run(["unlock"])
    #expect(none.exitCode == 0 && none.stdout.isEmpty && none.stderr.isEmpty, "\(none.what)")
    for index in 0...1 {
      try repository.addLock(
        pid: ScenarioRepository.freePIDs.lowerBound + Int64(index), secondsAgo: 900, exclusive: index == 1)
    }
    let copy = try await repository.copy()
    let plain = try await ResticBinary.newest.run(["unlock"], repository: copy)
    #expect(plain.stdout == "successfully removed 2 locks\n", "\(plain.what)")
    // The holder that restic's own rule would take for dead, as 40 minutes are all it asks for.
    let living = try repository.addLock(pid: Int64(getpid()), secondsAgo: 2400, username: "somebody")
    let elsewhere = try repository.addLock(pid: 4711, secondsAgo: 60, hostname: "elsewhere")
    let result = try await shim.run(["unlock"])
    #expect(result.exitCode == 0 && result.stdout == plain.stdout, "\(result.what)")
    #expect(
      repository.lockNames.contains(elsewhere) && result.stderr.contains("kept lock \(elsewhere.prefix(8))"))
    _ = living
    #expect(try await shim.runner.removed().count >= 2)
  }

  @Test("unlock --remove-all is refused unless it is to be passed on")
  func removeAll() async throws {
    let shim = try await Shim()
    let id = try shim.runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let refused = try await shim.run(["unlock", "--remove-all"])
    #expect(refused.exitCode == 1 && refused.stderr.hasPrefix("Fatal: ") && refused.stdout.isEmpty)
    #expect(shim.runner.repository.lockNames == [id])
    let passed = try await shim.run(
      ["--no-cache", "unlock", "--remove-all"], environment: ["RESLOCK_SHIM_UNLOCK": "pass"])
    #expect(passed.exitCode == 0 && shim.runner.repository.lockNames.isEmpty, "\(passed.what)")
  }

  @Test(
    "an unlock that fails has restic's exit code and form",
    arguments: [
      (["RESTIC_PASSWORD": "wrong"], [], 12), ([:], ["-r", "/etc/no-such-repository"], 10),
      ([:], ["-o", "local.nonsense=1"], 1),
    ] as [([String: String], [String], Int32)])
  func unlockFails(variables: [String: String], flags: [String], exitCode: Int32) async throws {
    let shim = try await Shim()
    try shim.runner.repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let result = try await shim.run(flags + ["unlock"], environment: variables)
    #expect(result.stderr.hasPrefix("Fatal: ") && result.stdout.isEmpty, "\(result.what)")
    #expect(result.exitCode == exitCode, "\(result.what)")
  }
}

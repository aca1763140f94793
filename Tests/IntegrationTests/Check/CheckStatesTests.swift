import Foundation
import ResticFormat
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What `check --json` answers, as far as the tests look at it.
struct CheckView: Decodable {
  struct Operation: Decodable {
    var operation: String
    var blocked: Bool?
    var blockedBy: String?
    var borne: Bool
    var locks: [String]
  }
  var messageType: String
  var exitCode: Int32
  var message: String
  var operations: [Operation]
  var needsAttention: [String]?
  var lockCount: Int
}

/// `check` and `wait` in each state of a repository that real restic works on.
@Suite("check and wait in each state of a repository") struct CheckStatesTests {
  private let repository: ScenarioRepository

  init() throws { repository = try ScenarioRepository() }

  /// Every form of the answer, with its exit code: text, JSON, plugin, metrics, and a wait of one look.
  private struct Answers {
    var text: ProcessResult
    var json: ProcessResult
    var nagios: ProcessResult
    var metrics: ProcessResult
    var wait: ProcessResult
  }

  private func answers(
    _ flags: [String] = [], operation: String = "forget", location: String? = nil,
    password: String? = TestEnvironment.fixturePassword
  ) async throws -> Answers {
    func run(_ arguments: [String]) async throws -> ProcessResult {
      try await ReslockBinary.run(
        arguments + flags + ["-r", location ?? repository.url.path], password: password,
        standardInput: Data())
    }
    return Answers(
      text: try await run(["check"]), json: try await run(["check", "--json"]),
      nagios: try await run(["check", "--nagios"]), metrics: try await run(["check", "--prometheus"]),
      wait: try await run(["wait", "--for", operation, "--timeout", "0s"]))
  }

  /// Reads metrics that real Prometheus accepts.
  private func samples(_ result: ProcessResult) async throws -> [MetricSample] {
    let verdict = try await Promtool.check(result.stdout)
    #expect(verdict.exitCode == 0, "\(verdict.what)")
    return try MetricSample.parse(result.stdout)
  }

  private func samples(_ file: String) throws -> [MetricSample] {
    try MetricSample.parse(try String(contentsOfFile: file, encoding: .utf8))
  }

  private func expect(
    _ answers: Answers, exit: Int32, nagios: Int32, wait: Int32, up: Double = 1
  ) async throws {
    #expect(answers.text.exitCode == exit, "\(answers.text.what)")
    #expect(answers.json.exitCode == exit, "\(answers.json.what)")
    #expect(answers.metrics.exitCode == exit, "\(answers.metrics.what)")
    #expect(answers.nagios.exitCode == nagios, "\(answers.nagios.stdout)")
    #expect(answers.wait.exitCode == wait, "\(answers.wait.what)")
    #expect(answers.nagios.stdout.split(separator: "\n").count == 1 && answers.nagios.stderr.isEmpty)
    let samples = try await samples(answers.metrics)
    #expect(samples.filter { $0.name == "reslock_up" }.map(\.value) == [up])
    if up == 0 {
      #expect(samples.count == 1)
      #expect(!answers.nagios.stdout.contains("|"))
    }
  }

  private func view(_ answers: Answers) throws -> CheckView {
    try answers.json.answer(CheckView.self, exitCode: answers.json.exitCode ?? -1)
  }

  private func operation(_ view: CheckView, _ name: String) throws -> CheckView.Operation {
    try #require(view.operations.first { $0.operation == name })
  }

  @Test("free: all can run, and nobody needs the password")
  func free() async throws {
    let answers = try await answers(password: nil)
    try await expect(answers, exit: 0, nagios: 0, wait: 0)
    #expect(answers.text.stdout == "\(repository.url.path): backup and forget can run (no locks)\n")
    #expect(answers.wait.stdout == "forget can run\n")
    let view = try view(answers)
    #expect(view.lockCount == 0 && view.operations.allSatisfy { $0.blocked == false && $0.blockedBy == nil })
  }

  @Test("shared: backups run, and forget has to wait for a living one, which pages nobody")
  func shared() async throws {
    try Machine.requireWholeView()
    let holder = try await ResticBinary.newest.hold(in: repository.url)
    let answers = try await answers()
    try await expect(answers, exit: 0, nagios: 0, wait: 11)
    #expect(answers.text.stdout.contains("backup can run; forget has to wait for"))
    #expect(answers.wait.stdout.contains("PID \(holder.pid)"))
    let forget = try operation(try view(answers), "forget")
    #expect(forget.blocked == true && forget.blockedBy == "live" && forget.borne)
    #expect(Set(forget.locks) == holder.locks)
    let named = try await self.answers(["--for", "forget", "--for", "backup"], operation: "backup")
    #expect(named.text.exitCode == 11 && named.nagios.exitCode == 1)
    let impatient = try await ReslockBinary.run(
      ["check", "--warning-age", "0s"], repository: repository.url)
    #expect(impatient.exitCode == 11)
    let backup = try await ReslockBinary.run(
      ["wait", "--for", "backup", "--timeout", "0s"], repository: repository.url)
    #expect(backup.exitCode == 0)
    try await holder.kill()
  }

  @Test("exclusive: backups are blocked by a living holder, as restic itself says")
  func exclusive() async throws {
    try Machine.requireWholeView()
    let holder = try await ResticBinary.newest.stop(["check"], in: repository.url)
    let answers = try await answers(operation: "backup")
    try await expect(answers, exit: 11, nagios: 1, wait: 11)
    let view = try view(answers)
    #expect(try operation(view, "backup").blockedBy == "live")
    #expect(try operation(view, "forget").blockedBy == "live")
    let restic = try await ResticBinary.newest.run(
      ["backup", "--stdin"], repository: repository.url, standardInput: Data())
    #expect(restic.exitCode == 11, "\(restic.what)")
    try await holder.kill()
  }

  @Test("stale: a restic that was killed blocks forget, which does not go by itself")
  func stale() async throws {
    try Machine.requireWholeView()
    let holder = try await ResticBinary.newest.hold(in: repository.url)
    try await holder.kill()
    // Its file system may not be known for local, and then its silence has to be settled.
    try repository.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere")
    let answers = try await answers(["--trust-clock"])
    try await expect(answers, exit: 11, nagios: 2, wait: 11)
    #expect(answers.text.stdout.contains("backup can run; forget is blocked by"))
    let backup = try await ReslockBinary.run(
      ["check", "--for", "backup", "--trust-clock"], repository: repository.url)
    #expect(backup.exitCode == 0 && backup.stdout.contains("need"), "\(backup.stdout)")
    let strict = try await ReslockBinary.run(
      ["check", "--for", "backup", "--strict", "--trust-clock"], repository: repository.url)
    #expect(strict.exitCode == 20)
    let quiet = try await ReslockBinary.run(
      ["check", "--for", "backup", "--trust-clock", "-q"], repository: repository.url)
    #expect(quiet.exitCode == 0 && quiet.stdout.isEmpty)
    let reasons = try await ReslockBinary.run(["check", "-v", "--trust-clock"], repository: repository.url)
    #expect(reasons.stdout.contains("\n    - "))
  }

  @Test("damaged: everything that locks is blocked, by nobody knows whom")
  func damaged() async throws {
    try repository.forge.addRawFile(
      inLocks: String(repeating: "ab", count: 32), bytes: Array("not a lock, whatever else it is".utf8))
    let answers = try await answers(operation: "backup")
    try await expect(answers, exit: 11, nagios: 2, wait: 11)
    #expect(try operation(try view(answers), "backup").blockedBy == "unknown")
    #expect(answers.text.stdout.contains("damaged lock file abababab"))
  }

  @Test("not there: exit 10, UNKNOWN, and no number")
  func missing() async throws {
    let answers = try await answers(location: repository.folder.path("nowhere"))
    try await expect(answers, exit: 10, nagios: 3, wait: 10, up: 0)
    #expect(answers.nagios.stdout.hasPrefix("RESLOCK UNKNOWN - "))
    _ = try answers.json.exitError(10)
  }

  @Test("unreachable: exit 1, UNKNOWN, and no number")
  func unreachable() async throws {
    // The locks are a file: listing them fails whoever asks.
    try FileManager.default.removeItem(at: repository.locks)
    try Data().write(to: repository.locks)
    try await expect(try await answers(), exit: 1, nagios: 3, wait: 1, up: 0)
  }

  @Test("wrong password or none: exit 12, UNKNOWN, and no number")
  func wrongPassword() async throws {
    try repository.addLock(pid: 1, hostname: "elsewhere")
    let wrong = try await answers(password: "wrong")
    try await expect(wrong, exit: 12, nagios: 3, wait: 12, up: 0)
    let none = try await answers(password: nil)
    try await expect(none, exit: 12, nagios: 3, wait: 12, up: 0)
    #expect(none.text.stdout.contains("forget is blocked for certain"))
  }

  @Test("a password is verified where that is wanted, and not looked at otherwise")
  func verifiesPassword() async throws {
    let right = TestEnvironment.fixturePassword
    for (password, exit): (String?, Int32) in [(right, 0), ("wrong", 12), (nil, 12)] {
      let verified = try await ReslockBinary.run(
        ["check", "--verify-password"], repository: repository.url, password: password,
        standardInput: Data())
      #expect(verified.exitCode == exit, "\(verified.what)")
      let plain = try await ReslockBinary.run(
        ["check"], repository: repository.url, password: password, standardInput: Data())
      #expect(plain.exitCode == 0)
    }
    let nagios = try await ReslockBinary.run(
      ["check", "--verify-password", "--nagios"], repository: repository.url, password: "wrong")
    #expect(nagios.exitCode == 3)
  }

  @Test("a check remembers what it saw, and writes nothing into the repository")
  func sightings() async throws {
    let id = try repository.addLock(pid: 1, hostname: "elsewhere")
    let before = try FileManager.default.subpathsOfDirectory(atPath: repository.url.path).sorted()
    let state = try TemporaryFolder("state")
    let environment = ["XDG_STATE_HOME": state.path]
    for flags in [[], ["--nagios"], ["--prometheus"], ["--json"]] {
      _ = try await ReslockBinary.run(
        ["check"] + flags, repository: repository.url, environment: environment)
    }
    let folder = state.url.appendingPathComponent("reslock/sightings")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 1)
    let text = try String(contentsOf: folder.appendingPathComponent(names[0]), encoding: .utf8)
    #expect(text.contains(id))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: repository.url.path).sorted() == before)
  }

  @Test(
    "metrics for node_exporter are put in place whole, and an old file never stays where nothing is known")
  func textfile() async throws {
    let file = repository.folder.path("reslock.prom")
    func run(_ flags: [String], environment: [String: String] = [:]) async throws -> ProcessResult {
      try await ReslockBinary.run(
        ["check", "--prometheus", file] + flags, environment: environment)
    }
    let fine = try await run(["-r", repository.url.path])
    #expect(fine.exitCode == 0 && fine.stdout.isEmpty && fine.stderr.isEmpty, "\(fine.what)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(try await Promtool.check(text).exitCode == 0)
    #expect(text.contains("restic_locks_total{repository=\"\(repository.url.path)\"} 0\n"))
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o644)
    let failed = try await run(["-r", repository.folder.path("nowhere")])
    #expect(failed.exitCode == 10)
    #expect(try samples(file).map(\.value) == [0])
    _ = try await run(["-r", repository.url.path])
    let unknown = try await run(["-r", "@nobody"], environment: ["RESLOCK_CONFIG": "/nowhere.yaml"])
    #expect(unknown.exitCode == 1)
    #expect(try samples(file) == [MetricSample(name: "reslock_up", labels: [:], value: 0)])
    let names = try FileManager.default.contentsOfDirectory(atPath: repository.folder.path)
    #expect(!names.contains { $0.hasSuffix(".tmp") })
    let nowhere = try await ReslockBinary.run(
      ["check", "--prometheus", "/nowhere/reslock.prom"], repository: repository.url)
    #expect(nowhere.exitCode == 1 && nowhere.stderr.contains("/nowhere/reslock.prom"))
  }

  /// It renamed over whatever had the name: a pipe, a device, a link to the file that node_exporter reads.
  @Test("metrics take no pipe's or device's place, and go through a link to the file that it leads to")
  func textfileThatIsNone() async throws {
    let folder = repository.folder
    let (pipe, link, file) = (folder.path("pipe"), folder.path("link.prom"), folder.path("file.prom"))
    try #require(mkfifo(pipe, 0o600) == 0)
    symlink("/dev/null", folder.path("null"))
    symlink("nowhere", folder.path("dangling"))
    for name in [pipe, folder.path("null"), folder.path("dangling"), folder.path] {
      let result = try await ReslockBinary.run(["check", "--prometheus", name], repository: repository.url)
      #expect(result.exitCode == 1 && result.stderr.contains(name), "\(result.what)")
    }
    var status = stat()
    #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("null")) == "/dev/null")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("dangling")) == "nowhere")
    try Data("old".utf8).write(to: URL(fileURLWithPath: file))
    symlink("file.prom", link)
    let result = try await ReslockBinary.run(["check", "--prometheus", link], repository: repository.url)
    #expect(result.exitCode == 0, "\(result.what)")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file.prom")
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("reslock_up"))
  }

  @Test("a hostile holder breaks neither the plugin's line nor the metrics")
  func hostile() async throws {
    try repository.addLock(
      pid: 4711, secondsAgo: 60, hostname: "a|b\nc'd\"e\\f\u{1b}[31m", exclusive: true,
      username: "x=y;z\r\n|held=0")
    let nagios = try await ReslockBinary.run(["check", "--nagios"], repository: repository.url)
    #expect(nagios.stdout.filter { $0 == "|" }.count == 1 && nagios.stdout.filter(\.isNewline).count == 1)
    let metrics = try await ReslockBinary.run(["check", "--prometheus"], repository: repository.url)
    #expect(try await Promtool.check(metrics.stdout).exitCode == 0)
    let text = try await ReslockBinary.run(["check"], repository: repository.url)
    #expect(!text.stdout.contains("\u{1b}") && text.stdout.filter(\.isNewline).count == 1)
  }

  @Test(
    "wrong use is 64, and UNKNOWN for a plugin",
    arguments: [
      ["--for", "nonsense"], ["--strictly"], ["--json", "--prometheus"], ["--warning-age", "24"],
      ["--for", "rewrite", "--restic-version", "0.12.0"],
    ])
  func wrongUse(flags: [String]) async throws {
    let plain = try await ReslockBinary.run(["check"] + flags, repository: repository.url)
    #expect(plain.exitCode == 64 && plain.stdout.isEmpty, "\(plain.what)")
    let nagios = try await ReslockBinary.run(["check", "--nagios"] + flags, repository: repository.url)
    #expect(nagios.exitCode == 3)
    #expect(
      nagios.stdout.hasPrefix("RESLOCK UNKNOWN - ") && nagios.stdout.filter(\.isNewline).count == 1,
      "\(nagios.stdout)")
  }
}

import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What acts on the repositories of a configuration: watches, previews, and `auto-unlock`.
@Suite("Repositories of a configuration") struct SeveralRepositoriesTests {
  private let a: ScenarioRepository
  private let b: ScenarioRepository

  init() throws { (a, b) = (try ScenarioRepository(), try ScenarioRepository()) }

  private func configure(_ autoUnlock: String = "") throws {
    let password = a.folder.path("pass")
    try Data("\(TestEnvironment.fixturePassword)\n".utf8).write(to: URL(fileURLWithPath: password))
    let text = """
      defaults: {password-file: pass, trust-clock: true}
      repositories:
        a: {location: \(a.url.path)\(autoUnlock)}
        b: {location: \(b.url.path)}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: a.folder.path("config.yaml")))
  }

  private var environment: [String: String] {
    ["RESLOCK_CONFIG": a.folder.path("config.yaml"), "XDG_STATE_HOME": a.folder.path("state")]
  }

  private func run(_ arguments: [String]) async throws -> ProcessResult {
    try await ReslockBinary.run(arguments, password: nil, environment: environment)
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private func name(_ object: [String: Any]) -> String? {
    (object["repository"] as? [String: Any])?["name"] as? String
  }

  @Test("unlock shows what would go in several, and removes in one only")
  func previews() async throws {
    let id = try a.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere")
    let young = try b.addLock(pid: 4711, secondsAgo: 60, hostname: "elsewhere")
    try configure()
    let text = try await run(["unlock", "--dry-run", "--all"])
    #expect(text.exitCode == 0, "\(text.what)")
    let parts = text.stdout.components(separatedBy: "== b ==")
    #expect(parts.count == 2 && parts[0].hasPrefix("== a ==\n"))
    #expect(parts.first?.contains("would remove \(id.prefix(8))") == true, "\(text.stdout)")
    #expect(parts.last?.contains("kept         \(young.prefix(8))") == true, "\(text.stdout)")
    let json = try objects(try await run(["unlock", "--dry-run", "--json", "-r", "@b", "-r", "@a"]).stdout)
    #expect(json.map(name) == ["b", "a"])
    #expect(json.map { ($0["counts"] as? [String: Int])?["would_remove"] } == [0, 1])
    let forecast = try await run(["unlock", "-n", "--for", "prune", "--all"])
    #expect(forecast.exitCode == 11, "the living lock of b still blocks: \(forecast.what)")
    for refused in [["unlock", "--all"], ["unlock", "-n", "--all", "--id", id]] {
      let result = try await run(refused)
      #expect(result.exitCode == 64 && result.stdout.isEmpty, "\(result.what)")
    }
    #expect(a.lockNames == [id] && b.lockNames == [young])
    #expect(!FileManager.default.fileExists(atPath: a.folder.path("state/reslock/journal.jsonl")))
  }

  @Test("observe watches several at the same time, and says whose each event is", arguments: [false, true])
  func watches(asJSON: Bool) async throws {
    try a.addLock(pid: 4711, hostname: "elsewhere")
    try b.addLock(pid: 4711, hostname: "elsewhere")
    try configure()
    let flags = asJSON ? ["--json"] : []
    let watch = try ReslockBinary.start(
      ["observe", "--all", "--for", "10m", "--interval", "1s"] + flags, environment: environment,
      input: .none)
    // Without remembered looks there is nothing to be watched yet.
    try await eventually("both were looked at") {
      let folder = a.folder.path("state/reslock/sightings")
      return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.count == 2 ? true : nil
    }
    let (newA, newB) = (
      try a.addLock(pid: 4712, hostname: "elsewhere"), try b.addLock(pid: 4711, hostname: "elsewhere")
    )
    try await eventually("both events are told") {
      [newA, newB].allSatisfy { watch.stdoutSoFar.contains($0.prefix(8)) } ? true : nil
    }
    kill(watch.pid, SIGINT)
    let result = try await watch.wait(timeout: .seconds(300))
    #expect(result.exitCode == 130, "\(result.what)")
    if asJSON {
      let objects = try objects(result.stdout)
      let events = objects.filter { $0["message_type"] as? String == "observation" }
      let whose = events.map { "\(name($0) ?? "") \(($0["lock"] as? [String: Any])?["id"] as? String ?? "")" }
      #expect(Set(whose) == ["a \(newA)", "b \(newB)"])
      let summaries = objects.filter { $0["message_type"] as? String == "observation_summary" }
      #expect(summaries.map(name) == ["a", "b"])
      #expect(summaries.map { ($0["locks"] as? [Any])?.count } == [2, 2])
    } else {
      for (title, id) in [("a", newA), ("b", newB)] {
        let told = result.stdout.split(separator: "\n").filter { $0.hasPrefix("\(title): ") }
        #expect(told.count == 1 && told[0].contains(id.prefix(8)), "\(result.stdout)")
      }
      #expect(result.stdout.contains("== a ==") && result.stdout.contains("== b =="))
    }
  }

  @Test("one repository that is not there hides no other watch")
  func watchesWhatIsThere() async throws {
    try a.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere")
    try configure()
    try FileManager.default.removeItem(at: b.url)
    let result = try await run(["observe", "--all", "--for", "2s", "--interval", "1s"])
    #expect(result.exitCode == 10, "\(result.what)")
    #expect(result.stdout.contains("expired") && result.stdout.contains("== b =="))
  }

  struct AutoUnlock: Sendable, CustomTestStringConvertible {
    let settings: String
    let removes: Bool
    var testDescription: String { settings }
  }

  static let autoUnlocks = [
    AutoUnlock(settings: "", removes: false),
    AutoUnlock(settings: ", auto-unlock: expired", removes: false),
    AutoUnlock(settings: ", auto-unlock: off, auto-unlock-hosts: [elsewhere]", removes: false),
    AutoUnlock(settings: ", auto-unlock: dead, auto-unlock-hosts: [elsewhere]", removes: false),
    AutoUnlock(settings: ", auto-unlock: expired, auto-unlock-hosts: [other]", removes: false),
    AutoUnlock(settings: ", auto-unlock: expired, auto-unlock-hosts: [other, elsewhere]", removes: true),
  ]

  @Test("wait and guard remove what auto-unlock allows, and nothing else", arguments: autoUnlocks)
  func autoUnlock(_ row: AutoUnlock) async throws {
    try configure(row.settings)
    let commands = [
      ["wait", "--for", "prune", "--timeout", "0s", "-r", "@a"],
      ["guard", "--for", "prune", "-r", "@a", "--", "true"],
    ]
    for command in commands {
      // An earlier look that did not see this old lock would contradict its age.
      try? FileManager.default.removeItem(atPath: a.folder.path("state"))
      let id = try a.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere")
      let result = try await run(command)
      #expect(result.exitCode == (row.removes ? 0 : 11), "\(command) \(result.what)")
      #expect(a.lockNames == (row.removes ? [] : [id]))
      try a.clearLocks()
    }
    // A command that says nothing of clearing the way changes nothing.
    let id = try a.addLock(pid: 4711, secondsAgo: 7200, hostname: "elsewhere")
    _ = try await run(["check", "--for", "prune", "-r", "@a"])
    #expect(a.lockNames == [id])
  }

  @Test("auto-unlock never takes the lock of a living holder")
  func autoUnlockSpares() async throws {
    try Machine.requireWholeView()
    try configure(", auto-unlock: expired, auto-unlock-hosts: [\(Machine.hostName)]")
    let holder = try await ResticBinary.newest.hold(in: a.url)
    let result = try await run(["wait", "--for", "prune", "--timeout", "2s", "-r", "@a"])
    #expect(result.exitCode == 11 && a.lockNames == holder.locks, "\(result.what)")
    try await holder.kill()
  }
}

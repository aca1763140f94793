import Foundation
import ResticFormat
import TestSupport
import Testing

/// `-r @NAME`, `--all` and `repos` against real folders.
@Suite("Many repositories") struct ManyRepositoriesTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("many")
    try Data("\(TestEnvironment.fixturePassword)\n".utf8).write(to: folder.url.appendingPathComponent("pass"))
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> ProcessResult {
    var environment = environment
    environment["RESLOCK_CONFIG"] = folder.path("config.yaml")
    return try await ReslockBinary.run(arguments, password: nil, environment: environment)
  }

  func write(_ text: String, mode: Int = 0o600) throws {
    let path = folder.path("config.yaml")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  /// A repository with a lock, beside the configuration; its time and that of its file do not agree.
  func makeLocked(_ name: String, password: String = TestEnvironment.fixturePassword) throws -> String {
    let forge = try RepositoryForge(at: folder.url.appendingPathComponent(name), password: password)
    return try forge.addLock(ForgedLock(time: Machine.time(secondsAgo: 7200), pid: 42)).hex
  }

  func objects(_ result: ProcessResult) throws -> [[String: Any]] {
    try result.stdout.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  func name(_ object: [String: Any]) -> String? {
    (object["repository"] as? [String: Any])?["name"] as? String
  }

  @Test("a name leads to location and password, from a flag and from the variable")
  func oneName() async throws {
    let id = try makeLocked("repo")
    try write("repositories: {nas: {location: repo, password-file: pass}}")
    #expect(try await run(["list", "-q", "-r", "@nas"]).stdout == "\(id)\n")
    #expect(try await run(["list", "-q"], environment: ["RESTIC_REPOSITORY": "@nas"]).stdout == "\(id)\n")
    let json = try objects(try await run(["status", "--json", "-r", "@nas"]))
    #expect(json.count == 1 && name(json[0]) == "nas")
    let shown = try await run(["show", "--json", String(id.prefix(8)), "-r", "@nas"])
    #expect(try objects(shown).first.flatMap(name) == "nas")
    let dryRun = try await run(["unlock", "--dry-run", "--json", "-r", "@nas"])
    #expect(dryRun.exitCode == 0)
    #expect(try objects(dryRun).first.flatMap(name) == "nas")
    // A password of the caller's environment belongs to other repositories.
    let other = try await run(["list", "-q", "-r", "@nas"], environment: ["RESTIC_PASSWORD": "other"])
    #expect(other.exitCode == 0 && other.stdout == "\(id)\n")
  }

  @Test("several are answered in their order under their names, and the exit code is the worst")
  func several() async throws {
    let (a, b) = (try makeLocked("a"), try makeLocked("b", password: "other"))
    try FileManager.default.copyItem(
      at: Fixtures.url("restic-0.19-clean"), to: folder.url.appendingPathComponent("free"))
    try write(
      """
      defaults: {password-file: pass}
      repositories:
        b: {location: b, password: other}
        a: {location: a}
        free: {location: free}
        wrong: {location: b}
        missing: {location: none}
        strange: {location: "nonsense:x"}
      """)
    let text = try await run(["list", "-r", "@b", "-r", "@a", "-r", "@free"])
    #expect(text.exitCode == 0, "\(text.stderr)")
    let positions = ["== b ==", "== a ==", "== free =="].compactMap { text.stdout.range(of: $0)?.lowerBound }
    #expect(positions.count == 3 && positions == positions.sorted())
    #expect(text.stderr.contains("plain text") && !text.stderr.contains("other"))
    let quiet = try await run(["list", "-q", "-r", "@b", "-r", "@a"])
    #expect(quiet.stdout == "b \(b)\na \(a)\n")
    let mixed = try await run(["status", "-r", folder.path("a"), "-r", "@free"])
    #expect(
      mixed.exitCode == 12 && mixed.stdout.contains("== \(folder.path("a")) ==")
        && mixed.stdout.contains("== free =="))

    let codes: [([String], Int32)] = [
      (["a", "free"], 0), (["a", "wrong"], 12), (["wrong", "missing"], 10), (["missing", "strange"], 64),
    ]
    for (names, code) in codes {
      let result = try await run(["status", "--json"] + names.flatMap { ["-r", "@\($0)"] })
      #expect(result.exitCode == code, "\(names) \(result.stderr)")
      let answers = try objects(result)
      #expect(answers.map(name) == names.map(Optional.some))
      let types = Set(answers.compactMap { $0["message_type"] as? String })
      #expect(types.contains("exit_error") == (code != 0))
    }
    let all = try await run(["status", "--all"])
    #expect(all.exitCode == 64)
    for title in ["b", "a", "free", "wrong", "missing", "strange"] {
      #expect(all.stdout.contains("== \(title) =="))
    }
  }

  @Test("check takes its thresholds from the configuration, and the command line wins")
  func checkThresholds() async throws {
    _ = try makeLocked("a")
    try write(
      "defaults: {password-file: pass, warning-age: 1h}\nrepositories: {a: {location: a, critical-age: 2h}}")
    let configured = try objects(try await run(["check", "--json", "-r", "@a"]))
    #expect(configured.first?["warning_age_seconds"] as? Double == 3600)
    #expect(configured.first?["critical_age_seconds"] as? Double == 7200)
    #expect(try await run(["check", "--nagios", "-r", "@a"]).stdout.contains(";3600;7200;0"))
    let given = try objects(
      try await run(["check", "--json", "-r", "@a", "--warning-age", "2d", "--critical-age", "4d"]))
    #expect(given.first?["warning_age_seconds"] as? Double == 172_800)
    #expect(given.first?["critical_age_seconds"] as? Double == 345_600)
  }

  @Test("nobody is asked for a password where there are several, and standard input is left alone")
  func asksNobody() async throws {
    _ = try makeLocked("a")
    try write("repositories: {a: {location: a}, b: {location: a}}")
    let result = try await ReslockBinary.run(
      ["list", "--all"], password: nil, environment: ["RESLOCK_CONFIG": folder.path("config.yaml")],
      standardInput: Data("\(TestEnvironment.fixturePassword)\n".utf8))
    #expect(result.exitCode == 12 && !result.stdout.contains("@"))
  }

  /// Remarks were told as `name: {…}`, which is no JSON.
  @Test(
    "with --json, what is told beside the answers is JSON too, and names its repository",
    arguments: [["status"], ["list"], ["check"]])
  func remarksInJSON(command: [String]) async throws {
    _ = try makeLocked("a")
    _ = try makeLocked("b")
    try write(
      "repositories: {a: {location: a}, b: {location: b, password: {variable: RESLOCK_TEST_UNSET}}}")
    let result = try await run(command + ["--all", "--json", "-vv"])
    let remarks = try result.stderr.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    #expect(Set(remarks.compactMap(name)) == ["a", "b"], "\(result.what)")
    #expect(
      Set(remarks.compactMap { $0["message_type"] as? String }) == ["exit_error", "requests"],
      "\(result.what)")
  }

  @Test("a variable that is to hold the password and does not is named")
  func unsetVariable() async throws {
    _ = try makeLocked("a")
    try write("repositories: {a: {location: a, password: {variable: RESLOCK_TEST_UNSET}}}")
    let id = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/locks")).first)
    let result = try await run(["show", id, "-r", "@a"])
    #expect(result.exitCode == 12 && result.stderr.contains("RESLOCK_TEST_UNSET gives no password"))
  }

  @Test(
    "wrong use is 64 and says what to do",
    arguments: [
      ["status", "-r", "@nsa"], ["status", "--all", "-r", "@nas"],
      ["show", "ab", "-r", "@nas", "-r", "@nas"],
      ["status", "--all", "--repository-timeout", "0s"], ["repos", "show", "nsa"], ["repos", "test", "nsa"],
      ["status", "-r", "@nas", "--repository-file", "/dev/null"],
    ])
  func wrongUse(arguments: [String]) async throws {
    try write("repositories: {nas: {location: repo}}")
    let result = try await run(arguments)
    #expect(result.exitCode == 64 && result.stdout.isEmpty && !result.stderr.isEmpty, "\(result.stderr)")
  }

  @Test("a broken configuration is 64 with file, line and key, for names only: a plain location needs none")
  func brokenConfiguration() async throws {
    _ = try makeLocked("a")
    try write("repositories:\n  a: {location: a, pasword: x}")
    let result = try await run(["status", "-r", "@a"])
    #expect(result.exitCode == 64)
    #expect(result.stderr.contains("config.yaml, line 2: repositories.a.pasword is not known"))
    #expect(result.stderr.contains("did you mean password?"))
    let plain = try await run(["list", "-q", "-r", folder.path("a"), "-p", folder.path("pass")])
    #expect(plain.exitCode == 0)
  }

  @Test("repos list, show and test tell of each repository, and no secret")
  func repos() async throws {
    _ = try makeLocked("a")
    _ = try makeLocked("b", password: "other")
    try write(
      """
      repositories:
        a: {location: a, password-file: pass, environment: {TOKEN: topsecret}}
        plain: {location: b, password: other}
        wrong: {location: b, password-file: pass}
        url: {location: "rest:http://me:topsecret@127.0.0.1:1/", password: topsecret}
        missing: {location: none, password-file: pass}
      sources: [backrest: /nowhere/config.json]
      """)
    let list = try await run(["repos", "list"])
    #expect(
      list.exitCode == 1 && list.stdout.contains("plain") && list.stdout.contains("/nowhere/config.json"))
    #expect(try await run(["repos", "list", "-q"]).stdout.hasPrefix("a\nplain\nwrong\nurl\nmissing\n"))
    let show = try await run(["repos", "show", "--json", "a", "@url"])
    let shownCount = try objects(show).count
    #expect(show.exitCode == 0 && shownCount == 2)
    #expect(show.stdout.contains("rest:http://me:***@127.0.0.1:1/"))
    let test = try await run(["repos", "test", "a", "plain"])
    #expect(
      test.exitCode == 0 && test.stdout.contains("may list    yes, 1 lock")
        && test.stdout.contains("password    right"))
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path("a")).sorted()
    let all = try await run(["repos", "test", "--json"])
    #expect(all.exitCode == 1)
    let codes = try objects(all).map { $0["code"] as? Int ?? 0 }
    #expect(codes.prefix(5) == [0, 0, 12, 1, 10], "\(all.stdout)")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path("a")).sorted() == before)
    let shown = try await run(["repos", "show"])
    for result in [list, show, test, all, shown] {
      #expect(!result.stdout.contains("topsecret") && !result.stderr.contains("topsecret"))
    }
  }

  @Test("a repository of Backrest is looked at by its name alone")
  func backrest() async throws {
    let id = try makeLocked("repo")
    let config =
      #"{"repos":[{"id":"nas","uri":"\#(folder.path("repo"))","password":"\#(TestEnvironment.fixturePassword)"}]}"#
    try Data(config.utf8).write(to: folder.url.appendingPathComponent("backrest.json"))
    try write("")
    let environment = ["BACKREST_CONFIG": folder.path("backrest.json")]
    #expect(
      try await run(["list", "-q", "-r", "@backrest/nas"], environment: environment).stdout == "\(id)\n")
    try write("sources: [backrest]")
    let all = try await run(["list", "-q", "--all"], environment: environment)
    #expect(all.stdout == "backrest/nas \(id)\n")
  }

  @Test("a thousand repositories load, and a name among them is found")
  func thousand() async throws {
    _ = try makeLocked("a")
    let lines = (0..<1000).map {
      "  r\($0): {location: a, environment: {A: b}, options: {local.connections: 2}}"
    }
    try write("defaults: {password-file: pass}\nrepositories:\n" + lines.joined(separator: "\n"))
    #expect(try await run(["list", "-r", "@r999"]).exitCode == 0)
  }
}

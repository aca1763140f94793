import Foundation
import RepositoryCatalog
import ResticInputs
import ResticStorage
import TestSupport
import Testing

@Suite("reslock's own configuration")
struct ConfigurationTests {
  @Test(
    "an error names file, line and key",
    arguments: [
      (
        "repositories:\n  a:\n    location: /a\n    pasword-file: x", 4, "repositories.a.pasword-file",
        "password-file"
      ),
      ("repositorys: {}", 1, "repositorys", "repositories"),
      (
        "repositories:\n  a: {location: /a, Password_File: x}", 2, "repositories.a.Password_File",
        "password-file"
      ),
      ("defaults:\n  location: /x", 2, "defaults.location", "known here"),
      ("sources: [backrst]", 1, "backrst", "backrest"), ("sources: [env]", 1, "env", nil),
      ("sources:\n- backrest: [x]", 2, "backrest", nil), ("sources: backrest", 1, "sources", nil),
      ("repositories:\n  a: {}", 2, "repositories.a", nil), ("repositories:\n  a:", 2, "repositories.a", nil),
      ("repositories: [a]", 1, "repositories", nil),
      ("repositories:\n  a: {location: [x]}", 2, "repositories.a.location", nil),
      ("repositories:\n  a: {location: /a, location-file: /b}", 2, "repositories.a", nil),
      ("repositories:\n  a/b: {location: /a}", 2, "repositories.a/b", nil),
      ("repositories:\n  a: {location: /a}\n  a: {location: /b}", 3, "a", nil),
      ("repositories:\n  a: {location: /a, trust-clock: maybe}", 2, "repositories.a.trust-clock", nil),
      ("repositories:\n  a: {location: /a, warning-age: 5}", 2, "repositories.a.warning-age", nil),
      ("repositories:\n  a: {location: /a, auto-unlock: all}", 2, "repositories.a.auto-unlock", nil),
      (
        "repositories:\n  a: {location: /a, password: {file: x, command: y}}", 2, "repositories.a.password",
        nil
      ),
      ("repositories:\n  a: {location: /a, password: {fil: x}}", 2, "repositories.a.password.fil", "file"),
      (
        "repositories:\n  a: {location: /a, password-file: x, password-command: y}", 2, "password-command",
        nil
      ),
      ("repositories:\n  a: {location: /a, password-command: \"'x\"}", 2, "password-command", nil),
      (
        "repositories:\n  a: {location: /a, password-file: x, insecure-no-password: true}", 2,
        "insecure-no-password", nil
      ),
      ("repositories:\n  a: {location: /a, environment: {A=B: c}}", 2, "repositories.a.environment.A=B", nil),
      ("repositories:\n  a: {location: /a, options: x.y}", 0, "", nil),
      ("a: [", 2, "not YAML", nil), ("- a", 1, "a mapping", nil),
    ] as [(String, Int, String, String?)])
  func errors(text: String, line: Int, key: String, hint: String?) throws {
    guard line > 0 else { return #expect(Configurations.error(text) == nil) }
    let error = try #require(Configurations.error(text), "\(text)")
    #expect(error.kind == .usage)
    #expect(error.message.hasPrefix("/etc/reslock/config.yaml, line \(line): "), "\(error.message)")
    #expect(error.message.contains(key), "\(error.message)")
    if let hint { #expect(error.hint?.contains(hint) == true, "\(error.hint ?? "")") }
  }

  @Test("defaults hold where a repository says nothing, and its own words win")
  func defaults() async throws {
    let catalog = try Configurations.load(
      """
      defaults:
        password-file: ~/pass
        environment: {A: default, B: default}
        warning-age: 1d
        host-aliases: [old]
        auto-unlock: dead
        auto-unlock-hosts: [web1]
      repositories:
        plain: {location: repo}
        own:
          location: ~/repo
          password: {command: [printf, "a b"]}
          environment: {B: own, C: {variable: OUTER}}
          options: {sftp.args: '-o "x", y', sftp.connections: 2}
          warning-age: 2h30m
          auto-unlock: off
      """, environment: ["HOME": "/home/me"])
    let plain = try catalog.find("plain")
    #expect(plain.location == .text("/etc/reslock/repo") && plain.password == .file("/home/me/pass"))
    #expect(plain.warningAgeSeconds == 86_400 && plain.hostAliases == ["old"])
    #expect(plain.autoUnlock == .dead && plain.autoUnlockHosts == ["web1"])
    let own = try catalog.find("own")
    #expect(own.location == .text("/home/me/repo") && own.password == .command(["printf", "a b"]))
    #expect(own.warningAgeSeconds == 9000 && own.autoUnlock == .off)
    let (flags, environment) = try await catalog.prepared(
      "own", base: ["OUTER": "o", "RESTIC_PASSWORD": "other"])
    #expect(environment["A"] == "default" && environment["B"] == "own" && environment["C"] == "o")
    #expect(environment["RESTIC_PASSWORD"] == nil)
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment)
    #expect(inputs.options.values == ["sftp.args": #"-o "x", y"#, "sftp.connections": "2"])
    #expect(inputs.key == .password(PasswordInput(source: .command(["printf", "a b"]))))
  }

  /// `RESTIC_PASSWORD` of the caller was hidden as another repository's, also where it was meant.
  @Test(
    "a password in a variable is read from it, also where that is restic's own",
    arguments: ["RESTIC_PASSWORD", "NAS_PASSWORD"])
  func passwordVariable(name: String) async throws {
    let catalog = try Configurations.load("repositories: {a: {location: /a, password: {variable: \(name)}}}")
    let (flags, environment) = try await catalog.prepared(
      "a", base: [name: "secret", "RESTIC_PASSWORD_FILE": "/other"])
    #expect(environment[name] == "secret" && environment["RESTIC_PASSWORD_FILE"] == nil)
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment)
    #expect(inputs.key == .password(PasswordInput(source: .variable(name))))
  }

  @Test("auto-unlock is off unless said")
  func autoUnlock() throws {
    #expect(try Configurations.load("repositories: {a: {location: /a}}").find("a").autoUnlock == .off)
  }

  @Test("the command line wins over the configuration, each flag on its own")
  func precedence() async throws {
    let catalog = try Configurations.load(
      "repositories: {a: {location: /a, password-file: /own, key-hint: aa, options: {local.connections: 2, rest.connections: 3}}}"
    )
    var flags = RepositoryFlags()
    flags.passwordFile = "/given"
    flags.options = ["local.connections=5"]
    let (result, environment) = try await catalog.prepared(
      "a", flags: flags, base: ["RESTIC_REPOSITORY": "/b", "RESTIC_REPOSITORY_FILE": "/c"])
    let inputs = try RepositoryInputs.resolve(flags: result, environment: environment)
    #expect(inputs.location == .local(path: "/a") && inputs.keyHint == "aa")
    #expect(inputs.key == .password(PasswordInput(source: .file("/given"))))
    #expect(inputs.options.values == ["local.connections": "5", "rest.connections": "3"])
  }

  @Test("the environment of one repository reaches no other, nor this process")
  func noLeak() async throws {
    let catalog = try Configurations.load(
      """
      repositories:
        a: {location: /a, password: secret-a, environment: {RESLOCK_TEST_LEAK: a}}
        b: {location: /b}
      """)
    let a = try await catalog.prepared("a").environment
    let b = try await catalog.prepared("b").environment
    #expect(a["RESLOCK_TEST_LEAK"] == "a" && a["RESTIC_PASSWORD"] == "secret-a")
    #expect(b["RESLOCK_TEST_LEAK"] == nil && b["RESTIC_PASSWORD"] == nil)
    #expect(ProcessInfo.processInfo.environment["RESLOCK_TEST_LEAK"] == nil)
  }

  @Test("values come from files and commands, and errors name the variable, never the value")
  func values() async throws {
    let folder = try TemporaryFolder()
    try Data("\u{feff}from file \n".utf8).write(to: folder.url.appendingPathComponent("value"))
    let catalog = try Configurations.load(
      """
      repositories:
        a:
          location: /a
          environment:
            FILE: {file: \(folder.path("value"))}
            COMMAND: {command: "printf ' from command '"}
        b: {location: /b, environment: {X: {command: [/nowhere/program, secret-argument]}}}
        c: {location: /c, environment: {X: {variable: NOT_SET}}}
      """)
    let environment = try await catalog.prepared("a", base: TestEnvironment.clean).environment
    #expect(environment["FILE"] == "from file" && environment["COMMAND"] == "from command")
    let error = await #expect(throws: InputError.self) {
      try await catalog.prepared("b", base: TestEnvironment.clean)
    }
    #expect(error?.message.contains("X") == true && error?.message.contains("secret-argument") == false)
    await #expect(throws: InputError.self) { try await catalog.prepared("c") }
  }

  @Test("a password in plain text is warned about, and one that everybody can read again; none is shown")
  func warnings() throws {
    let text = "repositories: {a: {location: /a, password: hunter2}}"
    let warnings = try Configurations.load(text, isReadableByAll: true).warnings
    #expect(warnings.count == 2 && warnings.allSatisfy { !$0.contains("hunter2") })
    #expect(
      warnings.contains { $0.contains("plain text") }
        && warnings.contains { $0.contains("everybody can read") })
    #expect(try Configurations.load(text).warnings.count == 1)
    #expect(
      try Configurations.load("repositories: {a: {location: /a, password-file: /p}}", isReadableByAll: true)
        .warnings == [])
    #expect("\(try Configurations.load(text).repositories)".contains("hunter2") == false)
  }

  @Test("the permissions of a real file are looked at")
  func permissions() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("config.yaml")
    try Data("repositories: {a: {location: /a, environment: {AWS_SECRET_ACCESS_KEY: x}}}".utf8)
      .write(to: URL(fileURLWithPath: path))
    let loader = CatalogLoader(environment: Environment(["RESLOCK_CONFIG": path]))
    for (mode, count) in [(0o600, 0), (0o644, 1), (0o646, 2)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      #expect(try loader.load(file: nil).warnings.count == count, "\(String(mode, radix: 8))")
    }
  }

  @Test("places are looked at in their order, and a configuration that is named must be there")
  func places() throws {
    let files = ConfigurationFiles { path throws(InputError) in
      ["/x/reslock/config.yaml", "/etc/reslock/config.yaml"].contains(path)
        ? ConfigurationFile(path: path, bytes: []) : nil
    }
    func file(_ environment: [String: String]) throws -> String? {
      try CatalogLoader(environment: Environment(environment), files: files).load(file: nil).file
    }
    #expect(try file(["HOME": "/h", "XDG_CONFIG_HOME": "/x"]) == "/x/reslock/config.yaml")
    #expect(try file(["HOME": "/h"]) == "/etc/reslock/config.yaml")
    #expect(try file(["HOME": "/h", "XDG_CONFIG_HOME": "relative"]) == "/etc/reslock/config.yaml")
    #expect(throws: InputError.self) { try file(["RESLOCK_CONFIG": "/nowhere"]) }
    let none = ConfigurationFiles { _ throws(InputError) in nil }
    #expect(try CatalogLoader(environment: Environment([:]), files: none).load(file: nil).file == nil)
  }

  @Test("a name is found, or the likely one is told")
  func names() throws {
    let catalog = try Configurations.load(
      "sources: [{backrest: \(Configurations.folder)/backrest.json}, {env: \(Configurations.folder)/nas.env}]\n"
        + "repositories: {nas: {location: /a}, laptop: {location: /b}}")
    #expect(try catalog.find("nas").origin.source == nil)
    #expect(try catalog.find("env/nas").origin.source == "env")
    #expect(try catalog.find("local-disk").fullName == "backrest/local-disk")
    #expect(
      throws: InputError(
        .usage, "no repository is called @laptp in /etc/reslock/config.yaml", hint: "did you mean @laptop?")
    ) {
      try catalog.find("laptp")
    }
  }

  @Test("a name that two sources have is ambiguous")
  func ambiguity() throws {
    let catalog = try Configurations.load(
      "sources: [{resticprofile: \(Configurations.folder)/resticprofile-v1.json}, "
        + "{resticprofile: \(Configurations.folder)/resticprofile-v1.toml}]", environment: ["NAS_HOST": "nas"]
    )
    #expect(throws: InputError.self) { try catalog.find("default") }
  }

  @Test("the example of the README is a sound configuration")
  func readme() throws {
    let text = try String(
      contentsOf: TestEnvironment.checkout.appendingPathComponent("README.md"), encoding: .utf8)
    let block = try #require(
      text.components(separatedBy: "<!-- example: configuration -->\n```yaml\n").dropFirst().first)
    let example = try #require(block.components(separatedBy: "\n```").first)
    let catalog = try Configurations.load(example, environment: ["HOME": "/home/me"])
    #expect(
      catalog.repositories.filter { $0.origin.source == nil }.map(\.name) == ["laptop", "nas", "offsite"])
    #expect(catalog.warnings.isEmpty)
    #expect(Set(catalog.repositories.compactMap(\.origin.source)) == ["backrest", "resticprofile", "env"])
  }
}

import Foundation
import RepositoryCatalog
import ResticInputs
import ResticStorage
import TestSupport
import Testing

@Suite("Configurations of other programs")
struct SourceTests {
  @Test("Backrest's repositories come with address, password, variables, flags and ID")
  func backrest() async throws {
    let catalog = try Configurations.source(
      "backrest", "backrest.json", environment: ["BUCKET": "bucket", "B2_SECRET": "b2"])
    #expect(
      catalog.repositories.map(\.fullName) == [
        "backrest/local-disk", "backrest/b2-offsite", "backrest/sftp_friend",
      ])
    let disk = try catalog.find("local-disk")
    #expect(
      disk.expectedID?.hasPrefix("4f1c2a9b") == true && disk.autoUnlock == .off && disk.notes.count == 1)
    let offsite = try catalog.find("backrest/b2-offsite")
    #expect(offsite.location == .text("s3:https://s3.us-west-000.backblazeb2.com/bucket/nas"))
    #expect(offsite.caCertificates == ["/etc/ssl/backup.pem"] && offsite.line == 16)
    let (flags, environment) = try await catalog.prepared("b2-offsite")
    #expect(environment["RESTIC_PASSWORD"] == "pä$$word \"quoted\" ✓")
    #expect(environment["AWS_SECRET_ACCESS_KEY"] == "b2")
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment)
    #expect(inputs.options.values == ["s3.bucket-lookup": "path", "s3.connections": "3"])
    let friend = try catalog.find("sftp_friend")
    #expect(friend.problem?.message.contains("NOT_A_PAIR") == false && friend.problem != nil)
  }

  @Test("a variable that is not set is named, and hinders no other repository")
  func unsetVariable() throws {
    let catalog = try Configurations.source("backrest", "backrest.json")
    #expect(try catalog.find("b2-offsite").problem?.message.contains("BUCKET") == true)
    #expect(try catalog.find("local-disk").problem == nil)
  }

  @Test("a repository of Backrest without a password takes the one of the environment")
  func inheritedPassword() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("config.json")
    try Data(#"{"repos":[{"id":"a","uri":"/a"}]}"#.utf8).write(to: URL(fileURLWithPath: path))
    let catalog = try Configurations.load("sources: [{backrest: \(path)}]")
    let (flags, environment) = try await catalog.prepared("a", base: ["RESTIC_PASSWORD": "outer"])
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment)
    #expect(inputs.key == .password(PasswordInput(source: .variable("RESTIC_PASSWORD"))))
  }

  @Test("resticprofile's first version: sections are profiles, and inherit")
  func resticprofileV1() async throws {
    let catalog = try Configurations.source(
      "resticprofile", "resticprofile-v1.toml", environment: ["NAS_HOST": "nas.example.org"])
    #expect(catalog.repositories.map(\.name) == ["default", "root", "src", "unfinished"])
    let first = try catalog.find("default")
    #expect(first.location == .text("local:/backup/default"))
    #expect(first.password == .file("\(Configurations.folder)/password.txt"))
    #expect(first.options == ["local.connections=4"] && first.notes.count == 1)
    let root = try catalog.find("root")
    #expect(root.location == .text("sftp:backup@nas.example.org:/backup/root") && root.keyHint == "1a2b3c")
    let environment = try await catalog.prepared("root").environment
    #expect(environment["TMPDIR"] == "/tmp" && environment["RESTIC_PROGRESS_FPS"] == "0.1")
    let src = try catalog.find("src")
    #expect(src.location == .text("sftp:backup@nas.example.org:/backup/src"))
    #expect(src.password == .command(["pass", "show", "restic/src"]))
    #expect(try catalog.find("unfinished").problem?.message.contains("{{ .Hostname | lower }}") == true)
  }

  @Test("resticprofile's second version: profiles under their key, with files of variables")
  func resticprofileV2() async throws {
    let catalog = try Configurations.source(
      "resticprofile", "resticprofile-v2.yaml", environment: ["REST_USER": "u", "REST_PASS": "p"])
    #expect(catalog.repositories.map(\.name) == ["home", "cloud", "mixed", "lost"])
    #expect(catalog.warnings.contains { $0.contains("includes are not followed") })
    let home = try catalog.find("home")
    #expect(home.location == .text("/srv/restic/home"))
    #expect(home.password == .file("\(Configurations.folder)/keys/home"))
    let cloud = try catalog.find("cloud")
    #expect(cloud.location == .text("rest:https://u:p@rest.example.org/cloud/"))
    #expect(cloud.isInsecureTLS && cloud.caCertificates == ["\(Configurations.folder)/certs/ca.pem"])
    let environment = try await catalog.prepared("cloud").environment
    #expect(environment["AWS_DEFAULT_REGION"] == "eu-central-1" && environment["RESTIC_COMPRESSION"] == "max")
    #expect(environment["RESTIC_PACK_SIZE"] == "64")
    #expect(try catalog.find("mixed").location == .file("\(Configurations.folder)/mixed.repository"))
    #expect(try catalog.find("lost").problem?.message.contains("nowhere") == true)
  }

  @Test("resticprofile's JSON is read too, and HCL is refused by name")
  func resticprofileOthers() throws {
    let catalog = try Configurations.source("resticprofile", "resticprofile-v1.json")
    #expect(try catalog.find("default").location == .text("/backup/json"))
    #expect(try catalog.find("default").options == ["local.connections=1"])
    let folder = try TemporaryFolder()
    try Data("default { }".utf8).write(to: folder.url.appendingPathComponent("profiles.hcl"))
    let hcl = try Configurations.load("sources: [{resticprofile: \(folder.path("profiles.hcl"))}]")
    #expect(hcl.repositories.first?.problem?.message.contains("only TOML, YAML and JSON") == true)
  }

  @Test("profiles that inherit in a circle are a problem of their own")
  func circle() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("profiles.toml")
    try Data("[a]\ninherit='b'\nrepository='/a'\n[b]\ninherit='a'\n[c]\nrepository='/c'".utf8)
      .write(to: URL(fileURLWithPath: path))
    let catalog = try Configurations.load("sources: [{resticprofile: \(path)}]")
    #expect(try catalog.find("a").problem != nil && catalog.find("c").problem == nil)
  }

  @Test("a template that breaks the format is named with its line")
  func templatesInTheWay() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("profiles.yaml")
    try Data("default:\n  repository: /a\n{{ range .X }}\n  key: [\n{{ end }}".utf8)
      .write(to: URL(fileURLWithPath: path))
    let problem = try Configurations.load("sources: [{resticprofile: \(path)}]").repositories.first?.problem
    #expect(problem?.hint?.contains("line 3") == true && problem?.hint?.contains("{{ range .X }}") == true)
  }

  @Test("autorestic's backends become locations, keys and variables")
  func autorestic() async throws {
    let catalog = try Configurations.source(
      "autorestic", "autorestic.yml", environment: ["AUTORESTIC_REMOTE_AWS_ACCESS_KEY_ID": "from-environment"]
    )
    #expect(try catalog.find("local").location == .text("\(Configurations.folder)/backups/home"))
    #expect(try await catalog.prepared("local").environment["RESTIC_PASSWORD"] == "Zm9v-local-key")
    #expect(try catalog.find("remote").location == .text("s3:s3.amazonaws.com/bucket/home"))
    let remote = try await catalog.prepared("remote").environment
    #expect(
      remote["AWS_ACCESS_KEY_ID"] == "from-environment" && remote["AWS_SECRET_ACCESS_KEY"] == "from-the-file")
    #expect(remote["RESTIC_PASSWORD"] == "remote-key")
    let server = try catalog.find("server")
    #expect(server.location == .text("rest:https://me%40home:p%3Aw%2Fd@rest.example.org:8000/home"))
    #expect(try await catalog.prepared("server").environment["RESTIC_PASSWORD"] == "the \"server\" key")
    #expect(try catalog.find("strange").problem != nil)
  }

  @Test("a file of variables is one repository, called as the file is")
  func environmentFile() async throws {
    let catalog = try Configurations.source("env", "nas.env")
    let nas = try catalog.find("env/nas")
    #expect(nas.location == .text("rest:http://backup:geheim@nas:8000/host1/"))
    let (flags, environment) = try await catalog.prepared("nas", base: ["RESTIC_PASSWORD_COMMAND": "other"])
    #expect(environment["RESTIC_PACK_SIZE"] == "32" && environment["LITERAL"] == "$HOME is not expanded")
    #expect(environment["QUOTED"] == "two words, a $ and a \\ ")
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment)
    #expect(inputs.key == .password(PasswordInput(source: .file("/etc/restic/nas.password"))))
    #expect(inputs.displayName == "rest:http://backup:***@nas:8000/host1/")
    let broken = try Configurations.source("env", "broken.env").repositories.first
    #expect(broken?.problem?.message.contains("line 2") == true)
    #expect(broken?.problem?.message.contains("pass show") == false)
  }

  @Test("a source that can't be read stands under its name, and hides no other")
  func brokenSource() throws {
    let catalog = try Configurations.load(
      "sources: [{backrest: /nowhere/config.json}, {autorestic: \(Configurations.folder)/backrest.json}]\n"
        + "repositories: {a: {location: /a}}")
    #expect(
      catalog.repositories.count == 3
        && catalog.repositories.filter { $0.problem == nil }.map(\.name) == ["a"])
  }

  @Test("a source that no configuration lists is read at its own place when it is named")
  func unlistedSource() throws {
    let loader = CatalogLoader(
      environment: Environment([
        "BACKREST_CONFIG": "\(Configurations.folder)/backrest.json", "HOME": "/nowhere",
      ]))
    let catalog = try loader.load(file: "/dev/null", names: ["backrest/local-disk"])
    #expect(try catalog.find("backrest/local-disk").expectedID != nil)
    #expect(try loader.load(file: "/dev/null").repositories.isEmpty)
  }

  @Test(
    "go's rules find the names of variables",
    arguments: [
      ("$A", "1"), ("${A}b", "1b"), ("a$A-$B.", "a1-2."), ("$", "$"), ("a$$b", "a$2x"), ("${A", "${A"),
      ("100%", "100%"),
    ])
  func expansion(text: String, expected: String) {
    let values = ["A": "1", "B": "2", "b": "2x"]
    #expect(VariableText.expand(text) { values[$0] }.text == expected)
  }
}

extension RepositorySettings {
  fileprivate var line: Int { origin.line }
}

import Foundation
import TestSupport
import Testing

/// `repos import`, from another program's configuration to a look at its repository.
@Suite struct ReposImportTests {
  @Test("Backrest's repository is imported with its password in a file, and opens")
  func backrest() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 4711, secondsAgo: 10, hostname: "elsewhere")
    let folder = repository.folder
    let source = folder.path("backrest.json")
    let document: [String: Any] = [
      "repos": [
        ["id": "laptop", "uri": repository.url.path, "password": TestEnvironment.fixturePassword]
      ]
    ]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: source))
    let (config, secrets) = (folder.path("config.yaml"), folder.path("secrets"))
    let arguments = [
      "repos", "import", "backrest", source, "--output", config, "--secret-files", secrets,
    ]
    let result = try await ReslockBinary.run(arguments, password: nil)
    #expect(result.exitCode == 0 && result.stdout.isEmpty, "\(result.what)")
    let text = try String(contentsOfFile: config, encoding: .utf8)
    #expect(!text.contains(TestEnvironment.fixturePassword))
    for path in [config, "\(secrets)/laptop.password"] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(path)")
    }
    let list = try await ReslockBinary.run(
      ["list", "-q", "-r", "@laptop", "--config", config], password: nil)
    #expect(list.exitCode == 0 && list.stdout == id + "\n", "\(list.what)")
    let again = try await ReslockBinary.run(arguments, password: nil)
    #expect(again.exitCode == 1 && again.stderr.contains("nothing is overwritten"), "\(again.what)")
    #expect(try String(contentsOfFile: config, encoding: .utf8) == text)
    let printed = try await ReslockBinary.run(["repos", "import", "backrest", source], password: nil)
    #expect(printed.exitCode == 1 && printed.stderr.contains("password was not carried over"))
    #expect(!(printed.stdout + printed.stderr).contains(TestEnvironment.fixturePassword))
    #expect(printed.stdout.contains("laptop:") && printed.stdout.contains(repository.url.path))
  }
}

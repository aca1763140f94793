import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Locations where no repository is, or none that may be read: never free.
@Suite struct WrongPlaceTests {
  static let commands = [["status"], ["status", "--json"], ["list"], ["list", "--json"], ["show", "00"]]

  @Test(
    "where there is no repository the exit is 10, and nothing is called free",
    arguments: [
      "mistyped", "empty", "file", "behind a file", "only locks", "config is a folder's name", "dangling",
    ])
  func noRepository(place: String) async throws {
    let folder = try TemporaryFolder("place")
    var location = folder.url.appendingPathComponent("here")
    func make(_ name: String) throws {
      try FileManager.default.createDirectory(
        at: location.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    switch place {
    case "mistyped": break
    case "empty": try make("")
    case "file": try Data("x".utf8).write(to: location)
    case "behind a file":
      try Data("x".utf8).write(to: location)
      location.appendPathComponent("repo")
    case "only locks":
      let repository = try RepositoryForge(at: location)
      try repository.addLock()
      try FileManager.default.removeItem(at: location.appendingPathComponent("config"))
    case "config is a folder's name": try make("configuration")
    default: symlink("nowhere", location.path)
    }
    for arguments in Self.commands {
      let result = try await ReslockBinary.run(arguments, repository: location)
      #expect(result.exitCode == 10, "\(arguments): \(result.what)")
      #expect(result.stdout.isEmpty, "\(result.stdout)")
      if arguments.contains("--json") { _ = try result.exitError(10) }
    }
    withExtendedLifetime(folder) {}
  }

  @Test(
    "a folder or FIFO in the place of config is no free repository", arguments: ["folder", "FIFO", "empty"])
  func strangeConfig(kind: String) async throws {
    let repository = try ScenarioRepository()
    let config = repository.url.appendingPathComponent("config")
    try FileManager.default.removeItem(at: config)
    switch kind {
    case "folder": try FileManager.default.createDirectory(at: config, withIntermediateDirectories: false)
    case "FIFO": mkfifo(config.path, 0o600)
    default: try Data().write(to: config)
    }
    for arguments in Self.commands {
      let result = try await ReslockBinary.run(
        arguments, repository: repository.url, timeout: .seconds(300))
      #expect(result.exitCode == 1 || result.exitCode == 10, "\(arguments): \(result.what)\(result.stdout)")
      #expect(!result.stdout.contains("free"))
    }
  }

  @Test(
    "what this user may not read is an error that says so, and nothing is called free",
    arguments: ["config", "locks", "keys", ""])
  func notPermitted(name: String) async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    try await repository.makeReadable()
    #expect(chmod(repository.url.appendingPathComponent(name).path, 0o700) == 0)
    for arguments in Self.commands {
      let result = try await ReslockBinary.run(
        arguments, repository: repository.url, launcher: Machine.asNobody)
      #expect(result.exitCode == 1, "\(arguments): \(result.what)")
      #expect(
        result.stdout.isEmpty && result.stderr.contains("Permission denied"), "\(result.what)\(result.stdout)"
      )
      if arguments.contains("--json") { _ = try result.exitError(1) }
    }
  }

  @Test("a config that may be listed and not read is not enough to call a repository with locks anything")
  func unreadableConfig() async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1)
    try await repository.makeReadable()
    chmod(repository.url.appendingPathComponent("config").path, 0o600)
    let result = try await ReslockBinary.run(
      ["status"], repository: repository.url, launcher: Machine.asNobody)
    #expect(result.exitCode == 1 && result.stderr.contains("Permission denied"), "\(result.what)")
  }
}

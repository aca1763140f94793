import Foundation
import TestSupport
import Testing
import WallTime

/// What `show` and `status` say that a lock is there for.
@Suite("The likely purpose of a lock") struct PurposeTests {
  private struct Purpose: Decodable, Equatable {
    let operation: String
    let confidence: String
  }
  private struct Shown: Decodable {
    struct Lock: Decodable { let purpose: Purpose? }
    let lock: Lock
  }

  private let repository: ScenarioRepository

  init() throws { repository = try ScenarioRepository() }

  private func purpose(of id: String) async throws -> Purpose? {
    let shown = try await ReslockBinary.run(["show", "--json", id], repository: repository.url)
    return try JSONDecoder().decode(Shown.self, from: Data(shown.stdoutBytes)).lock.purpose
  }

  @Test("is certain where the process that holds it says what it does")
  func ofProcess() async throws {
    try Machine.requireWholeView()
    let backup = try await ResticBinary.newest.hold(in: repository.url)
    let id = try #require(backup.locks.first)
    #expect(try await purpose(of: id) == Purpose(operation: "backup", confidence: "certain"))
    let text = try await ReslockBinary.run(["show", id], repository: repository.url)
    #expect(text.stdout.contains("backup (certain): the process that holds it runs restic backup"))
    let status = try await ReslockBinary.run(["status"], repository: repository.url)
    #expect(status.stdout.contains("wait for process \(backup.pid) (restic backup, running for "))
    try await backup.kill()
    // Nobody is left to say it.
    #expect(try await purpose(of: id) == nil)
  }

  @Test("is possible by its kind alone, and not known of a shared one", arguments: [true, false])
  func ofKind(exclusive: Bool) async throws {
    let id = try repository.addLock(pid: 4711, hostname: "elsewhere", exclusive: exclusive)
    let expected = exclusive ? Purpose(operation: "prune or the like", confidence: "possible") : nil
    #expect(try await purpose(of: id) == expected)
  }

  @Test("is a backup, likely or possibly, where the same host and user write snapshots")
  func ofSnapshots() async throws {
    let id = try repository.addLock(pid: 4711, secondsAgo: 600, hostname: "elsewhere")
    let now = UnixTime(secondsSinceEpoch: Date().timeIntervalSince1970)
    try repository.forge.addSnapshot(
      start: Machine.time(secondsAgo: 1200), hostname: "third", modified: now)
    #expect(try await purpose(of: id) == nil)
    try repository.forge.addSnapshot(
      start: Machine.time(secondsAgo: 90_000), hostname: "elsewhere", modified: now.adding(seconds: -86_400))
    #expect(try await purpose(of: id) == Purpose(operation: "backup", confidence: "possible"))
    try repository.forge.addSnapshot(
      start: Machine.time(secondsAgo: 1200), hostname: "elsewhere", modified: now.adding(seconds: -60))
    #expect(try await purpose(of: id) == Purpose(operation: "backup", confidence: "likely"))
  }
}

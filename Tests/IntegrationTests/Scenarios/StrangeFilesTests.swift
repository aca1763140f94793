import Foundation
import TestSupport
import Testing
import WallTime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files in `locks/` that are no plain, whole, readable locks.
@Suite struct StrangeFilesTests {
  private static let name = String(repeating: "0123456789abcdef", count: 4)

  private func lock(
    _ repository: ScenarioRepository, launcher: [String] = [], exitCode: Int32
  ) async throws -> LockView {
    try await ReslockBinary.lock(of: repository.url, launcher: launcher, exitCode: exitCode)
  }

  @Test("a half-uploaded lock is damaged", arguments: [1, 2], [1, 31, 32, 33, 60, 100])
  func truncated(version: Int, byteCount: Int) async throws {
    let repository = try ScenarioRepository(version: version)
    let id = try repository.addLock(pid: 1)
    let file = repository.locks.appendingPathComponent(id)
    try Data(contentsOf: file).prefix(byteCount).write(to: file)
    let lock = try await lock(repository, exitCode: 0)
    #expect(lock.verdict == "damaged" && lock.size == byteCount, "\(lock.reasons)")
    #expect(lock.pid == nil && lock.time == nil && lock.exclusive == nil)
    let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url)
    #expect(try status.answer(StatusView.self).state == "locked")
  }

  @Test("an empty lock is empty, and blocks nothing")
  func empty() async throws {
    let repository = try ScenarioRepository()
    try Data().write(to: repository.locks.appendingPathComponent(Self.name))
    #expect(try await lock(repository, exitCode: 0).verdict == "empty")
    let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url)
    #expect(try status.answer(StatusView.self).state == "free")
  }

  @Test("a lock without read permission is unreadable, not damaged")
  func unreadable() async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1, hostname: "elsewhere")
    try await repository.makeReadable()
    chmod(repository.locks.appendingPathComponent(id).path, 0o600)
    let lock = try await lock(repository, launcher: Machine.asNobody, exitCode: 1)
    #expect(lock.verdict == "unreadable" && lock.defect?.message.contains("Permission denied") == true)
    let status = try await ReslockBinary.run(
      ["status", "--json"], repository: repository.url, launcher: Machine.asNobody)
    #expect(try status.answer(StatusView.self, exitCode: 1).state == "locked")
    // Root reads it, and so does its owner.
    #expect(try await self.lock(repository, exitCode: 0).verdict == "fresh")
  }

  @Test(
    "what is no readable file under a lock's name is unreadable, blocks, and makes nothing wait",
    arguments: ["dangling link", "link to itself", "folder", "FIFO", "link to a FIFO", "device"])
  func noFile(kind: String) async throws {
    let repository = try ScenarioRepository()
    let path = repository.locks.appendingPathComponent(Self.name).path
    switch kind {
    case "dangling link": symlink("nowhere", path)
    case "link to itself": symlink(Self.name, path)
    case "folder": mkdir(path, 0o700)
    case "FIFO": mkfifo(path, 0o600)
    case "device": symlink("/dev/zero", path)
    default:
      mkfifo(repository.folder.path("fifo"), 0o600)
      symlink(repository.folder.path("fifo"), path)
    }
    let lock = try await lock(repository, exitCode: 1)
    #expect(lock.id == Self.name && lock.verdict == "unreadable", "\(lock.reasons)")
    let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url)
    #expect(try status.answer(StatusView.self, exitCode: 1).state == "locked")
  }

  @Test("a link to a good lock is that lock")
  func linked() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 4711, hostname: "elsewhere")
    let file = repository.locks.appendingPathComponent(id)
    let elsewhere = repository.folder.url.appendingPathComponent("moved")
    try FileManager.default.moveItem(at: file, to: elsewhere)
    symlink(elsewhere.path, file.path)
    let lock = try await lock(repository, exitCode: 0)
    #expect(lock.id == id && lock.pid == 4711 && lock.verdict == "fresh", "\(lock.reasons)")
  }

  @Test("a link to an empty file blocks nothing, as restic reads through it")
  func linkedEmpty() async throws {
    let repository = try ScenarioRepository()
    try Data().write(to: repository.folder.url.appendingPathComponent("empty"))
    symlink(repository.folder.path("empty"), repository.locks.appendingPathComponent(Self.name).path)
    #expect(try await lock(repository, exitCode: 0).verdict != "damaged")
  }

  @Test(
    "names that restic ignores are debris, and leave the repository free",
    arguments: [
      ".DS_Store", "\(name)-tmp-1234", "lock", String(name.dropLast()), name + "0", "Ω\u{1b}[31m", " ",
    ])
  func strays(name: String) async throws {
    let repository = try ScenarioRepository()
    try Data("x".utf8).write(to: repository.locks.appendingPathComponent(name))
    let lock = try await lock(repository, exitCode: 0)
    #expect(lock.id == name && lock.verdict == "debris" && lock.defect?.kind == "stray")
    // No password is needed to know that.
    let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url, password: nil)
    #expect(try status.answer(StatusView.self).state == "free")
    let restic = try await ResticBinary.newest.run(["check"], repository: repository.url)
    #expect(restic.exitCode == 0, "\(restic.what)")
  }

  @Test("an upper-case name is looked for in lower case, as restic does")
  func upperCase() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1)
    try FileManager.default.moveItem(
      at: repository.locks.appendingPathComponent(id),
      to: repository.locks.appendingPathComponent(id.uppercased()))
    let lock = try await lock(repository, exitCode: 1)
    #expect(lock.id == id && lock.verdict == "unreadable", "\(lock.verdict ?? "-")")
    let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url)
    #expect(try status.answer(StatusView.self, exitCode: 1).state == "locked")
  }

  @Test("a repository without a locks folder is free, and one with a file in its place is not")
  func missingFolder() async throws {
    let repository = try ScenarioRepository()
    try FileManager.default.removeItem(at: repository.locks)
    let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url, password: nil)
    #expect(try status.answer(StatusView.self).state == "free")
    try Data("x".utf8).write(to: repository.locks)
    let file = try await ReslockBinary.run(["status"], repository: repository.url)
    #expect(file.exitCode == 1 && file.stdout.isEmpty, "\(file.what)")
  }

  @Test("10,000 locks are counted right")
  func manyLocks() async throws {
    let repository = try ScenarioRepository()
    let now = Int64(Date().timeIntervalSince1970)
    // Every tenth is young, the others two days old by both times.
    for index in 0..<10_000 {
      let secondsAgo: Double = index % 10 == 0 ? 10 : 172_800
      try repository.forge.addLock(
        ForgedLock(
          time: Machine.time(secondsAgo: secondsAgo), isExclusive: index % 7 == 0,
          hostname: "host\(index % 5)",
          username: "root", pid: Int64(1000 + index)), modified: UnixTime(seconds: now - Int64(secondsAgo)))
    }
    let result = try await ReslockBinary.run(
      ["list", "--json"], repository: repository.url, timeout: .seconds(180))
    let locks = try result.answer(LockList.self).locks
    #expect(locks.count == 10_000 && Set(locks.map(\.id)) == repository.lockNames)
    #expect(locks.count { $0.verdict == "fresh" } == 1000)
    #expect(locks.count { $0.verdict == "expired" } == 9000)
    #expect(locks.count { $0.exclusive == true } == 1429)
    #expect(locks.count { $0.hostname == "host3" } == 2000)
    #expect(Set(locks.compactMap(\.pid)).count == 10_000)
    let quiet = try await ReslockBinary.run(
      ["list", "-q", "--verdict", "fresh"], repository: repository.url, timeout: .seconds(180))
    #expect(quiet.stdout.split(separator: "\n").count == 1000)
  }
}

import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A command of restic that holds a lock while it is looked at.
struct HoldingCommand: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let isExclusive: Bool

  /// Waits for its input; the others would go on by themselves and are stopped.
  static let backup = HoldingCommand(arguments: ["backup", "--stdin"], isExclusive: false)
  static let all = [
    backup, HoldingCommand(arguments: ["check"], isExclusive: true),
    HoldingCommand(arguments: ["prune"], isExclusive: true),
  ]

  var testDescription: String { arguments.joined(separator: " ") }
}

struct PeerVersion: Sendable, CustomTestStringConvertible {
  let restic: ResticBinary
  let repositoryVersion: Int

  static let all = ResticBinary.all.flatMap { restic in
    [1, 2].map { PeerVersion(restic: restic, repositoryVersion: $0) }
  }
  var testDescription: String { "\(restic.testDescription), format \(repositoryVersion)" }
}

@Suite struct LocksOfRunningResticTests {
  @Test(
    "a running restic's lock is read right and held, and after kill -9 it is dead",
    arguments: PeerVersion.all, HoldingCommand.all)
  func running(peer: PeerVersion, command: HoldingCommand) async throws {
    try Machine.requireWholeView()
    let repository = try ScenarioRepository(version: peer.repositoryVersion)
    let holder =
      command.isExclusive
      ? try await peer.restic.stop(command.arguments, in: repository.url)
      : try await peer.restic.hold(command.arguments, in: repository.url)
    let lock = try await ReslockBinary.lock(of: repository.url)
    #expect(holder.locks == [lock.id])
    #expect(lock.exclusive == command.isExclusive)
    #expect(lock.hostname == Machine.hostName)
    #expect(lock.username == "root")
    #expect(lock.pid == Int64(holder.pid))
    #expect(lock.uid == getuid() && lock.gid == getgid())
    #expect(lock.defect == nil)
    #expect(lock.verdict == "held" && !lock.stuck && lock.processState == "alive", "\(lock.reasons)")
    #expect(lock.evidence?.process.process?.pid == Int64(holder.pid))
    #expect(
      lock.evidence?.process.process?.commandLine?.contains(command.arguments.joined(separator: " ")) == true)

    try await holder.kill()
    let left = try await ReslockBinary.lock(of: repository.url)
    #expect(left.id == lock.id && left.processState == "absent", "\(left.reasons)")
    #expect(left.verdict == "dead", "\(left.reasons)")
    withExtendedLifetime(repository) {}
  }

  @Test("what real restic made is opened, with one key and with several", arguments: PeerVersion.all)
  func realKeys(peer: PeerVersion) async throws {
    try Machine.requireWholeView()
    let folder = try TemporaryFolder("real")
    let repository = folder.url.appendingPathComponent("repo")
    let made = try await peer.restic.run(
      ["init", "--repository-version", "\(peer.repositoryVersion)"], repository: repository)
    try #require(made.exitCode == 0, "\(made.what)")
    let holder = try await peer.restic.hold(in: repository)
    let first = try await ReslockBinary.run(["list", "--json"], repository: repository).answer(LockList.self)
    #expect(first.repository.version == peer.repositoryVersion)
    #expect(first.locks.map(\.pid) == [Int64(holder.pid)] && first.locks.map(\.verdict) == ["held"])

    let passwordFile = folder.url.appendingPathComponent("second")
    try Data("the second password\n".utf8).write(to: passwordFile)
    let added = try await peer.restic.run(
      ["key", "add", "--new-password-file", passwordFile.path], repository: repository)
    try #require(added.exitCode == 0, "\(added.what)")
    for password in [TestEnvironment.fixturePassword, "the second password"] {
      let lock = try await ReslockBinary.lock(of: repository, password: password)
      #expect(lock.pid == Int64(holder.pid) && lock.verdict == "held")
    }
    // A hint that fits no key, or the key of the other password, falls through.
    for hint in try FileManager.default.contentsOfDirectory(atPath: repository.path + "/keys") + [
      "ffffffffff"
    ] {
      let lock = try await ReslockBinary.lock(of: repository, ["--key-hint", String(hint.prefix(10))])
      #expect(lock.pid == Int64(holder.pid))
    }
    let error = try await ReslockBinary.run(
      ["list", "--json"], repository: repository, password: "no key's password"
    ).exitError(12)
    #expect(error.message.contains("wrong password"))

    let master = try await peer.restic.run(["cat", "masterkey", "--no-lock"], repository: repository)
    try #require(master.exitCode == 0, "\(master.what)")
    let keyFile = folder.url.appendingPathComponent("masterkey")
    try Data(master.stdoutBytes).write(to: keyFile)
    let opened = try await ReslockBinary.lock(of: repository, ["--master-key", keyFile.path], password: nil)
    #expect(opened.pid == Int64(holder.pid) && opened.verdict == "held")
    try await holder.kill()
    withExtendedLifetime(folder) {}
  }

  @Test("another repository's master key calls no live lock damaged", arguments: [1, 2])
  func foreignMasterKey(version: Int) async throws {
    let repository = try ScenarioRepository(version: version)
    try repository.addLock(pid: Int64(getpid()))
    let other = try ScenarioRepository(version: version)
    let keyFile = repository.folder.url.appendingPathComponent("masterkey")
    try Data(other.forge.masterKeyText.utf8).write(to: keyFile)
    let status = try await ReslockBinary.run(
      ["status", "--json", "--master-key", keyFile.path], repository: repository.url, password: nil)
    #expect(status.stdout.isEmpty)
    let error = try status.exitError(12)
    #expect(error.message.contains("master key") && !error.message.contains("damaged"))
    let show = try await ReslockBinary.run(
      ["list", "--master-key", keyFile.path], repository: repository.url, password: nil)
    #expect(show.exitCode == 12 && show.stdout.isEmpty && !show.stderr.contains("damaged"))

    try Data(repository.forge.masterKeyText.utf8).write(to: keyFile)
    let lock = try await ReslockBinary.lock(
      of: repository.url, ["--master-key", keyFile.path], password: nil)
    #expect(lock.pid == Int64(getpid()) && lock.defect == nil)
  }

  @Test("a repository with an empty password is opened when that is asked for, and only then")
  func emptyPassword() async throws {
    let repository = try ScenarioRepository(password: "")
    let holder = try await ResticBinary.newest.hold(
      ["backup", "--stdin", "--insecure-no-password"], in: repository.url, password: nil)
    let lock = try await ReslockBinary.lock(of: repository.url, ["--insecure-no-password"], password: nil)
    #expect(holder.locks == [lock.id] && lock.pid == Int64(holder.pid))
    let refused = try await ReslockBinary.run(["show", lock.id], repository: repository.url, password: "")
    #expect(refused.exitCode == 12 && refused.stdout.isEmpty, "\(refused.what)")
    let twice = try await ReslockBinary.run(
      ["list", "--insecure-no-password"], repository: repository.url, password: "something")
    #expect(twice.exitCode == 64, "\(twice.what)")
    try await holder.kill()
  }

  @Test("a repository in the layout of old S3 repositories is read")
  func legacyLayout() async throws {
    try Machine.requireWholeView()
    let folder = try TemporaryFolder("legacy")
    let repository = folder.url.appendingPathComponent("repo")
    let restic = ResticBinary.oldest
    let layout = ["-o", "local.layout=s3legacy"]
    let made = try await restic.run(layout + ["init"], repository: repository)
    try #require(made.exitCode == 0, "\(made.what)")
    let free = try await ReslockBinary.run(["status", "--json"], repository: repository, password: nil)
    #expect(try free.answer(StatusView.self).state == "free")
    let holder = try await restic.hold(
      layout + ["backup", "--stdin"], in: repository, locksFolder: "lock")
    let lock = try await ReslockBinary.lock(of: repository)
    #expect(holder.locks == [lock.id] && lock.pid == Int64(holder.pid) && lock.verdict == "held")
    try await holder.kill()
    #expect(try await ReslockBinary.lock(of: repository).verdict == "dead")
    withExtendedLifetime(folder) {}
  }

  @Test("without a password the locks are counted, and the exit is 12")
  func withoutPassword() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 1)
    for arguments in [["status"], ["list"], ["status", "--json"], ["list", "--json"]] {
      let result = try await ReslockBinary.run(arguments, repository: repository.url, password: nil)
      #expect(result.exitCode == 12, "\(result.what)")
      #expect(result.stdout.contains(id.prefix(8)) && !result.stdout.contains("free"))
    }
    let lock = try await ReslockBinary.lock(of: repository.url, password: nil, exitCode: 12)
    #expect(lock.verdict == nil && lock.exclusive == nil && lock.pid == nil && lock.defect == nil)
  }
}

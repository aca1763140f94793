import Foundation
import ResticFormat
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Surroundings that hinder a removal: nothing is lost, and what hinders is told.
@Suite struct UnlockHindranceTests {
  private static func repository(lockCount: Int = 5) throws -> ScenarioRepository {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    for index in 0..<lockCount {
      try repository.addLock(pid: ScenarioRepository.freePIDs.lowerBound + Int64(index), secondsAgo: 900)
    }
    return repository
  }

  /// Runs `unlock` with everything of the answer that matters here.
  private static func expectAllFail(
    _ unlocking: Unlocking, launcher: [String], reason: String
  ) async throws {
    let original = try unlocking.repository.lockBytes()
    let answer = try await unlocking.unlock(launcher: launcher, exitCode: 1)
    #expect(answer.ids("failed") == Set(original.keys))
    #expect(answer.locks.allSatisfy { $0.outcomeReason.contains(reason) }, "\(answer.locks)")
    let text = try await unlocking.run(["unlock"], launcher: launcher)
    #expect(text.exitCode == 1 && text.stdout.contains("nothing was removed"), "\(text.what)\(text.stdout)")
    #expect(try unlocking.repository.lockBytes() == original)
    let verify = try await unlocking.run(["journal", "verify"], launcher: launcher)
    #expect(verify.exitCode == 0, "\(verify.what)")
  }

  #if os(Linux)
    @Test("with no room for the journal nothing is removed, and that is said", arguments: [0, 4, 64])
    func fullDisk(freeKiB: Int) async throws {
      let repository = try Self.repository(lockCount: 100)
      let original = try repository.lockBytes()
      let mount = repository.folder.path("full")
      // The mount is seen by reslock alone, and goes with it.
      let script = """
        mkdir "$0" && mount -t tmpfs -o size=128k tmpfs "$0" || exit 99
        head -c \((128 - freeKiB) * 1024) /dev/zero >"$0/filler" || exit 98
        exec "$@"
        """
      let result = try await Unlocking(repository, journal: mount + "/journal.jsonl").run(
        ["unlock"], launcher: ["unshare", "--mount", "sh", "-c", script, mount])
      #expect(result.exitCode == 1 && result.stdout.isEmpty, "\(result.what)\(result.stdout)")
      #expect(
        result.stderr.contains("journal") && result.stderr.contains("No space left"), "\(result.what)")
      #expect(try repository.lockBytes() == original)
    }

    @Test("a read-only file system under the locks fails each removal with that reason")
    func readOnlyMount() async throws {
      let unlocking = Unlocking(try Self.repository())
      let path = unlocking.repository.url.path
      let script = #"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@""#
      try await Self.expectAllFail(
        unlocking, launcher: ["unshare", "--mount", "sh", "-c", script, path], reason: "mounted read-only"
      )
    }

    @Test("one lock that can't be removed in the middle of many fails alone")
    func immutable() async throws {
      let repository = try Self.repository(lockCount: 40)
      let names = repository.lockNames.sorted()
      let stubborn = names[20]
      let path = repository.locks.appendingPathComponent(stubborn).path
      let original = try repository.lockBytes()
      // A file that is a mount point can't be removed, on whatever file system it is.
      let script = #"mount --bind "$0" "$0" && exec "$@""#
      let unlocking = Unlocking(repository)
      let answer = try await unlocking.unlock(
        launcher: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, path], exitCode: 1)
      #expect(answer.ids("failed") == [stubborn], "\(answer.counts)")
      #expect(answer.ids("removed") == Set(names).subtracting([stubborn]))
      #expect(answer.locks.first { $0.id == stubborn }?.outcomeReason.contains("busy") == true)
      #expect(repository.lockNames == [stubborn])
      #expect(try await unlocking.verify().exitCode == 0)
      // And nothing hinders the next run, nor the way back.
      #expect(try await unlocking.unlock().ids("removed") == [stubborn])
      let undo = try await unlocking.run(["undo"] + names)
      #expect(undo.exitCode == 0, "\(undo.what)\(undo.stdout)")
      #expect(try repository.lockBytes() == original)
    }
  #endif

  @Test("a locks folder that this user may not write fails each removal with that reason")
  func notPermitted() async throws {
    let repository = try Self.repository()
    try await repository.makeReadable()
    let state = repository.folder.path("state")
    mkdir(state, 0o700)
    chown(state, 65534, 65534)
    try await Self.expectAllFail(
      Unlocking(repository, journal: state + "/journal.jsonl"), launcher: Machine.asNobody,
      reason: "Permission denied")
  }

  @Test("a lock file that has lost its write permission, as restic makes it, goes all the same")
  func readOnlyFile() async throws {
    let repository = try Self.repository()
    try await repository.giveToNobody()
    for name in repository.lockNames { chmod(repository.locks.appendingPathComponent(name).path, 0o400) }
    let unlocking = Unlocking(repository, journal: repository.url.path + "/journal.jsonl")
    let answer = try await unlocking.unlock(launcher: Machine.asNobody)
    #expect(answer.counts["removed"] == 5 && repository.lockNames.isEmpty)
  }

  @Test("without a place for the journal it is asked for, and nothing is removed")
  func noPlace() async throws {
    let repository = try Self.repository()
    let original = try repository.lockBytes()
    for flags in [[], ["--json"], ["--yes"]] {
      let result = try await ReslockBinary.run(
        ["unlock"] + flags, repository: repository.url,
        launcher: [
          "env", "-u", "HOME", "-u", "XDG_STATE_HOME", "-u", "STATE_DIRECTORY", "-u", "RESLOCK_JOURNAL",
        ])
      #expect(result.exitCode == 1 && result.stdout.isEmpty, "\(result.what)\(result.stdout)")
      #expect(result.stderr.contains("--journal"), "\(result.what)")
    }
    #expect(try repository.lockBytes() == original)
    let state = repository.folder.path("systemd")
    mkdir(state, 0o700)
    let result = try await ReslockBinary.run(
      ["unlock"], repository: repository.url, environment: ["STATE_DIRECTORY": state],
      launcher: ["env", "-u", "HOME", "-u", "XDG_STATE_HOME"])
    #expect(result.exitCode == 0 && repository.lockNames.isEmpty, "\(result.what)")
    let files = FileManager.default.enumerator(atPath: state)?.compactMap { $0 as? String } ?? []
    #expect(files.contains { $0.hasSuffix("journal.jsonl") }, "\(files)")
  }

  @Test("two runs at once share the journal, and each lock is removed by one of them", arguments: 0..<6)
  func together(round: Int) async throws {
    let repository = try Self.repository(lockCount: 200)
    let names = repository.lockNames
    let original = try repository.lockBytes()
    let unlocking = Unlocking(repository)
    async let first = unlocking.unlock()
    async let second = unlocking.unlock()
    let answers = [try await first, try await second]
    #expect(repository.lockNames.isEmpty)
    for name in names {
      let outcomes = answers.compactMap { answer in answer.locks.first { $0.id == name }?.outcome }
      #expect(outcomes.count { $0 == "removed" } == 1, "\(name): \(outcomes)")
      #expect(outcomes.allSatisfy { $0 == "removed" || $0 == "vanished" }, "\(outcomes)")
    }
    let verify = try await unlocking.verify()
    #expect(verify.exitCode == 0 && !verify.stdout.contains("interrupted"), "\(verify.stdout)")
    for answer in answers {
      guard let head = answer.journal?.head else { continue }
      let result = try await unlocking.run(["journal", "verify", "--head", head])
      #expect(result.exitCode == 0, "\(result.stdout)")
    }
    let undo = try await unlocking.run(["undo"] + names.sorted())
    #expect(undo.exitCode == 0, "\(undo.what)\(undo.stdout.suffix(500))")
    #expect(try repository.lockBytes() == original)
  }
}

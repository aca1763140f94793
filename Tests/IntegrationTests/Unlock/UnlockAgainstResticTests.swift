import Foundation
import ResticFormat
import TestSupport
import Testing
import WallTime

/// Real restic beside `unlock`: blocked before, running after; and what its own unlock would do.
@Suite struct UnlockAgainstResticTests {
  static let commands = [["prune"], ["forget", "--keep-last", "1"], ["backup", "/etc/hostname"]]
  enum Obstacle: String, CaseIterable { case deadShared, deadExclusive, damaged, expiredElsewhere }

  private static func isBlocked(_ command: [String], by obstacle: Obstacle, _ restic: ResticBinary) -> Bool {
    switch obstacle {
    case .deadShared: command[0] != "backup"
    case .deadExclusive, .expiredElsewhere: true
    // Old restics pass over what they can't read; later ones try it for long, so that one command must do.
    case .damaged: restic.version >= ResticBinaryVersion(0, 18, 0) && command[0] == "prune"
    }
  }

  private static func place(_ obstacle: Obstacle, in repository: ScenarioRepository) throws {
    let pid = ScenarioRepository.freePIDs.lowerBound
    switch obstacle {
    case .deadShared: try repository.addLock(pid: pid, secondsAgo: 900)
    case .deadExclusive: try repository.addLock(pid: pid, secondsAgo: 900, exclusive: true)
    case .expiredElsewhere:
      try repository.addLock(pid: 4711, secondsAgo: 200_000, hostname: "gone", exclusive: true)
    case .damaged:
      var bytes = try repository.forge.seal(Array("{}".utf8))
      bytes[bytes.count - 1] ^= 1
      try repository.forge.addRawFile(
        inLocks: ObjectID(hashOf: Array("another file".utf8)).hex, bytes: bytes,
        modified: UnixTime(seconds: Int64(Date().timeIntervalSince1970) - 4000))
    }
  }

  @Test("what a lock blocked runs after unlock", arguments: Obstacle.allCases, ResticBinary.all)
  func blocked(obstacle: Obstacle, restic: ResticBinary) async throws {
    try Machine.requireWholeView()
    for command in Self.commands {
      let repository = try ScenarioRepository()
      let first = try await restic.run(["backup", "/etc/hostname"], repository: repository.url)
      try #require(first.exitCode == 0, "\(first.what)")
      try Self.place(obstacle, in: repository)
      if Self.isBlocked(command, by: obstacle, restic) {
        let before = try await restic.run(command, repository: repository.url)
        #expect(before.exitCode != 0, "\(command) ran behind a \(obstacle) lock: \(before.what)")
      }
      let flags = obstacle == .damaged ? ["--damaged"] : []
      let answer = try await Unlocking(repository).unlock(flags + ["--yes", "--trust-clock"])
      #expect(answer.counts["removed"] == 1 && repository.lockNames.isEmpty, "\(answer.locks)")
      let after = try await restic.run(command, repository: repository.url)
      #expect(after.exitCode == 0, "\(command) after a \(obstacle) lock: \(after.what)")
    }
  }

  /// It said `reslock undo --last`, which looked for another repository in another journal.
  @Test("the command that is printed for the way back is the one that goes it")
  func printedUndo() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: ScenarioRepository.freePIDs.lowerBound, secondsAgo: 900)
    let journal = repository.folder.path("it's a journal.jsonl")
    let text = try await Unlocking(repository, journal: journal).run(["unlock"])
    try #require(text.exitCode == 0 && repository.lockNames.isEmpty, "\(text.what)\(text.stdout)")
    let mark = "take it back with: reslock "
    let line = try #require(text.stdout.split(separator: "\n").first { $0.hasPrefix(mark) })
    let script = "exec '\(ReslockBinary.url.path)' \(line.dropFirst(mark.count))"
    var environment = TestEnvironment.clean
    environment["RESTIC_PASSWORD"] = TestEnvironment.fixturePassword
    environment["XDG_STATE_HOME"] = repository.folder.path("state")
    let undo = try await ChildProcess.run("sh", ["-c", script], environment: environment)
    #expect(undo.exitCode == 0 && repository.lockNames == [id], "\(undo.what)\(undo.stdout)")
  }

  @Test("a lock that is reached over a link stays where it is, in a dry run as in earnest")
  func linkedLock() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: ScenarioRepository.freePIDs.lowerBound, secondsAgo: 900)
    let (file, elsewhere) = (repository.locks.path + "/" + id, repository.folder.path("moved"))
    try FileManager.default.moveItem(atPath: file, toPath: elsewhere)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: elsewhere)
    let unlocking = Unlocking(repository)
    for flags in [["-n"], [], ["--id", id, "--force", "--yes"]] {
      let answer = try await unlocking.unlock(flags)
      #expect(answer.ids("kept") == [id], "\(flags): \(answer.locks)")
      #expect(answer.locks.first?.outcomeReason.contains("by hand") == true, "\(answer.locks)")
    }
    #expect(!FileManager.default.fileExists(atPath: unlocking.journal))
    #expect(repository.lockNames == [id])
  }

  @Test("a young damaged file stays even with --damaged")
  func youngDamaged() async throws {
    let repository = try ScenarioRepository()
    let name = ObjectID(hashOf: Array("young".utf8)).hex
    try repository.forge.addRawFile(inLocks: name, bytes: Array(repeating: 7, count: 150))
    let answer = try await Unlocking(repository).unlock(["--damaged", "--yes"])
    #expect(answer.ids("kept") == [name] && repository.lockNames == [name], "\(answer.locks)")
  }

  @Test("unlock by restic's rules names what restic's unlock really removes")
  func rules() async throws {
    try Machine.requireWholeView()
    // Counted signals, as restic asks by SIGHUP; it outlives them.
    let (child, living) = try await Machine.startHelper("count-signals", input: .pipe)
    let repository = try ScenarioRepository()
    for minutesAgo in [10, 40] {
      for hostname in [Machine.hostName, "elsewhere"] {
        for pid in [ScenarioRepository.freePIDs.lowerBound, living] {
          for exclusive in [false, true] {
            try repository.addLock(
              pid: pid, secondsAgo: Double(minutesAgo) * 60, hostname: hostname, exclusive: exclusive)
          }
        }
      }
    }
    let names = repository.lockNames
    #expect(names.count == 16)
    let answer = try await Unlocking(repository).unlock(["--rules", "restic"])
    #expect(answer.dryRun && repository.lockNames == names)
    let copy = try await repository.copy()
    let unlock = try await ResticBinary.newest.run(["unlock"], repository: copy)
    #expect(unlock.exitCode == 0, "\(unlock.what)")
    let left = ScenarioRepository.lockNames(in: copy.appendingPathComponent("locks"))
    #expect(answer.ids("would_remove") == names.subtracting(left), "\(answer.locks)")
    // Neither of the two would do: some go, some stay.
    #expect(!left.isEmpty && left.count < names.count)
    child.closeInput()
    try await child.wait()
  }
}

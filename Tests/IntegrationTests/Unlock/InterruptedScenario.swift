import Foundation
import TestSupport
import Testing

/// Dead and expired locks, half of each, and one that must stay; and what must hold wherever a run over them ends.
struct InterruptedScenario: Sendable {
  let unlocking: Unlocking
  let kept: String
  let original: [String: Data]

  var repository: ScenarioRepository { unlocking.repository }

  init(lockCount: Int) throws {
    let repository = try ScenarioRepository()
    for index in 0..<lockCount {
      if index.isMultiple(of: 2) {
        try repository.addLock(pid: ScenarioRepository.freePIDs.lowerBound + Int64(index), secondsAgo: 900)
      } else {
        try repository.addLock(
          pid: Int64(index), secondsAgo: 200_000, hostname: "gone\(index)", exclusive: index % 3 == 0)
      }
    }
    kept = try repository.addLock(pid: 4711, hostname: "elsewhere")
    unlocking = Unlocking(repository)
    original = try repository.lockBytes()
  }

  func start(
    _ arguments: [String], environment: [String: String] = [:], launcher: [String] = []
  ) throws -> ChildProcess {
    try ReslockBinary.start(
      arguments + ["--repo", repository.url.path, "--journal", unlocking.journal],
      environment: ["RESTIC_PASSWORD": TestEnvironment.fixturePassword].merging(environment) { $1 },
      launcher: launcher)
  }

  /// Only the files under names of locks: a killed undo may leave temporary ones, which restic passes over.
  private func locks() throws -> [String: Data] {
    let names = repository.lockNames
    return try repository.lockBytes().filter { names.contains($0.key) }
  }

  /// Everything that is gone is in the journal, byte for byte; the locks that are left were not changed.
  ///
  /// Answers how many are gone.
  func expectNothingLost(_ when: String) throws -> Int {
    let left = try locks()
    let isThere = FileManager.default.fileExists(atPath: unlocking.journal)
    let recorded = isThere ? try unlocking.recordedBytes() : [:]
    for (name, bytes) in original where left[name] == nil {
      #expect(recorded[name] == bytes, "\(when): \(name) is gone and not in the journal")
    }
    for (name, bytes) in left { #expect(original[name] == bytes, "\(when): \(name)") }
    return original.count - left.count
  }

  /// A second run removes what is left; all of it comes back, and restic lists it.
  func expectWayBack(_ when: String) async throws {
    let answer = try await unlocking.unlock(["--yes", "--trust-clock"])
    #expect(answer.counts["failed"] == 0 && answer.errors.isEmpty, "\(when): \(answer.errors)")
    #expect(repository.lockNames == [kept], "\(when)")
    let verify = try await unlocking.verify()
    #expect(verify.exitCode == 0, "\(when): \(verify.stdout)\(verify.stderr)")
    try await expectUndo(when)
  }

  /// Undo brings every lock back, whatever was put back before.
  func expectUndo(_ when: String) async throws {
    // The one that stayed conflicts with exclusive ones.
    let names = original.keys.filter { $0 != kept }.sorted()
    let undo = try await unlocking.run(["undo", "--force"] + names)
    #expect(undo.exitCode == 0, "\(when): \(undo.what)\(undo.stdout.suffix(500))")
    #expect(try locks() == original, "\(when)")
    #expect(try await unlocking.verify().exitCode == 0, "\(when)")
    let list = try await ResticBinary.newest.run(
      ["list", "locks", "--no-lock"], repository: repository.url)
    #expect(list.exitCode == 0, "\(list.what)")
    #expect(Set(list.stdout.split(separator: "\n").map(String.init)) == Set(original.keys), "\(when)")
  }
}

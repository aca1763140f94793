import Foundation
import ResticFormat
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// reslock ended by force in the middle of its work: nothing is lost, and the next run goes on.
@Suite(.serialized) struct InterruptedUnlockTests {
  private static let lockCount = 150

  /// Dead and expired locks, half of each, and one that must stay.
  private static func forged() throws -> (repository: ScenarioRepository, kept: String) {
    let repository = try ScenarioRepository()
    for index in 0..<lockCount {
      if index.isMultiple(of: 2) {
        try repository.addLock(pid: ScenarioRepository.freePIDs.lowerBound + Int64(index), secondsAgo: 900)
      } else {
        try repository.addLock(
          pid: Int64(index), secondsAgo: 200_000, hostname: "gone\(index)", exclusive: index % 3 == 0)
      }
    }
    return (repository, try repository.addLock(pid: 4711, hostname: "elsewhere"))
  }

  private static func start(
    _ unlocking: Unlocking, _ flags: [String] = []
  ) throws -> ChildProcess {
    try ReslockBinary.start(
      [
        "unlock", "--yes", "--trust-clock", "--repo", unlocking.repository.url.path, "--journal",
        unlocking.journal,
      ]
        + flags,
      environment: ["RESTIC_PASSWORD": TestEnvironment.fixturePassword])
  }

  /// How long a run takes here that nobody interrupts.
  private static func wholeRunMicroseconds() async throws -> Int {
    let (repository, _) = try forged()
    let start = ContinuousClock.now
    let end = try await Self.start(Unlocking(repository)).wait()
    try #require(end.exitCode == 0, "\(end.what)")
    return Int((ContinuousClock.now - start) / .microseconds(1))
  }

  /// Everything that is gone is in the journal, byte for byte; the locks that are left were not changed.
  private static func expectNothingLost(
    _ unlocking: Unlocking, _ original: [String: Data], _ when: String
  ) throws -> Int {
    let left = try unlocking.repository.lockBytes()
    let isThere = FileManager.default.fileExists(atPath: unlocking.journal)
    let recorded = isThere ? try unlocking.recordedBytes() : [:]
    for (name, bytes) in original where left[name] == nil {
      #expect(recorded[name] == bytes, "\(when): \(name) is gone and not in the journal")
    }
    for (name, bytes) in left { #expect(original[name] == bytes, "\(when): \(name)") }
    return original.count - left.count
  }

  /// A second run removes what is left; all of it comes back, and restic lists it.
  private static func expectWayBack(
    _ unlocking: Unlocking, _ original: [String: Data], kept: String, _ when: String
  ) async throws {
    let answer = try await unlocking.unlock(["--yes", "--trust-clock"])
    #expect(answer.counts["failed"] == 0 && answer.errors.isEmpty, "\(when): \(answer.errors)")
    #expect(unlocking.repository.lockNames == [kept], "\(when)")
    let verify = try await unlocking.verify()
    #expect(verify.exitCode == 0, "\(when): \(verify.stdout)\(verify.stderr)")

    // The one that stayed conflicts with exclusive ones.
    let names = original.keys.filter { $0 != kept }.sorted()
    let undo = try await unlocking.run(["undo", "--force"] + names)
    #expect(undo.exitCode == 0, "\(when): \(undo.what)\(undo.stdout.suffix(500))")
    #expect(try unlocking.repository.lockBytes() == original, "\(when)")
    #expect(try await unlocking.verify().exitCode == 0, "\(when)")
    let list = try await ResticBinary.newest.run(
      ["list", "locks", "--no-lock"], repository: unlocking.repository.url)
    #expect(list.exitCode == 0, "\(list.what)")
    #expect(Set(list.stdout.split(separator: "\n").map(String.init)) == Set(original.keys), "\(when)")
  }

  @Test("killed at any moment, reslock has lost nothing, a second run finishes, and undo brings all back")
  func killed() async throws {
    let whole = try await Self.wholeRunMicroseconds()
    let random = TestRandom(seed: 42)
    var partial = 0
    for attempt in 0..<14 {
      let (repository, kept) = try Self.forged()
      let original = try repository.lockBytes()
      let unlocking = Unlocking(repository)
      let child = try Self.start(unlocking)
      if attempt.isMultiple(of: 2) {
        usleep(UInt32(random.next() % UInt64(max(whole, 1))))
      } else {
        // Between two deletions, wherever the machine's load has put them.
        let limit = Self.lockCount - Int(random.next() % UInt64(Self.lockCount - 1))
        while child.isRunning, repository.lockNames.count > limit { usleep(50) }
      }
      child.kill(SIGKILL)
      let end = try await child.wait()
      let when = "attempt \(attempt), \(end.exitCode == nil ? "killed" : "ended before")"
      let goneCount = try Self.expectNothingLost(unlocking, original, when)
      if goneCount > 0, goneCount < Self.lockCount { partial += 1 }
      try await Self.expectWayBack(unlocking, original, kept: kept, "\(when), \(goneCount) gone")
    }
    #expect(partial > 0, "no kill came between the first and the last deletion")
  }

  @Test(
    "interrupted at any moment, reslock ends with 130 and tells what it did", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let whole = try await Self.wholeRunMicroseconds()
    let random = TestRandom(seed: UInt64(signal))
    var interruptedCount = 0
    for attempt in 0..<6 {
      let (repository, kept) = try Self.forged()
      let original = try repository.lockBytes()
      let unlocking = Unlocking(repository)
      let child = try Self.start(unlocking, ["--json"])
      if attempt.isMultiple(of: 2) {
        usleep(UInt32(random.next() % UInt64(max(whole, 1))))
      } else {
        while child.isRunning, repository.lockNames.count > Self.lockCount - attempt * 20 { usleep(50) }
      }
      child.kill(signal)
      let end = try await child.wait()
      let goneCount = try Self.expectNothingLost(unlocking, original, "attempt \(attempt)")
      let when = "attempt \(attempt), \(goneCount) gone, \(end.what)"
      // Before its first line of code, a program dies of the signal itself.
      let isCut = end.exitCode == 130 || (goneCount == 0 && end.terminationSignal == signal)
      #expect(isCut || end.exitCode == 0, "\(when)")
      if end.exitCode == 130 { interruptedCount += 1 }
      if !end.stdout.isEmpty {
        let answer = try JSONDecoder.snakeCase.decode(UnlockAnswer.self, from: Data(end.stdoutBytes))
        #expect(answer.ids("removed") == Set(original.keys).subtracting(repository.lockNames), "\(when)")
        #expect(answer.counts["failed"] == 0, "\(when)")
      } else {
        #expect(goneCount == 0, "\(when): it removed locks and said nothing")
      }
      // What became of each was recorded too.
      if goneCount > 0 {
        let removals = try await unlocking.removals()
        #expect(removals.count { $0.outcome == "removed" } == goneCount, "\(when)")
        #expect(!removals.contains { $0.outcome == nil }, "\(when)")
      }
      try await Self.expectWayBack(unlocking, original, kept: kept, when)
    }
    #expect(interruptedCount > 0)
  }
}

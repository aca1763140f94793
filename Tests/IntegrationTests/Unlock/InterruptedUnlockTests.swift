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

  private static func start(
    _ scenario: InterruptedScenario, _ flags: [String] = []
  ) throws -> ChildProcess { try scenario.start(["unlock", "--yes", "--trust-clock"] + flags) }

  /// How long a run takes here that nobody interrupts.
  private static func wholeRunMicroseconds() async throws -> Int {
    let scenario = try InterruptedScenario(lockCount: lockCount)
    let start = ContinuousClock.now
    let end = try await Self.start(scenario).wait()
    try #require(end.exitCode == 0, "\(end.what)")
    return Int((ContinuousClock.now - start) / .microseconds(1))
  }

  @Test("killed at any moment, reslock has lost nothing, a second run finishes, and undo brings all back")
  func killed() async throws {
    let whole = try await Self.wholeRunMicroseconds()
    let random = TestRandom(seed: 42)
    var partial = 0
    for attempt in 0..<14 {
      let scenario = try InterruptedScenario(lockCount: Self.lockCount)
      let repository = scenario.repository
      let child = try Self.start(scenario)
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
      let goneCount = try scenario.expectNothingLost(when)
      if goneCount > 0, goneCount < Self.lockCount { partial += 1 }
      try await scenario.expectWayBack("\(when), \(goneCount) gone")
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
      let scenario = try InterruptedScenario(lockCount: Self.lockCount)
      let (unlocking, repository) = (scenario.unlocking, scenario.repository)
      let original = scenario.original
      let child = try Self.start(scenario, ["--json"])
      if attempt.isMultiple(of: 2) {
        usleep(UInt32(random.next() % UInt64(max(whole, 1))))
      } else {
        while child.isRunning, repository.lockNames.count > Self.lockCount - attempt * 20 { usleep(50) }
      }
      child.kill(signal)
      let end = try await child.wait()
      let goneCount = try scenario.expectNothingLost("attempt \(attempt)")
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
      try await scenario.expectWayBack(when)
    }
    #expect(interruptedCount > 0)
  }
}

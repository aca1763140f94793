import ResticLocks
import Testing

@Suite("A living holder is stuck") struct StuckHolderTests {
  private static let deadline = 22.5 * Made.minute

  static let cases: [(Silence, Bool)] = [
    (Made.silence(deadline + 1.1), true),
    (Made.silence(deadline + 1), false),
    (Made.silence(deadline), false),
    (Silence(lockTime: Made.sound(deadline * 2), storage: Made.sound(60)), false),
    (Silence(lockTime: Made.sound(deadline * 2), futureBases: [.storage]), false),
    (Silence(observed: ObservedSilence(atLeastSeconds: deadline + 1)), true),
    (Silence(observed: ObservedSilence(atLeastSeconds: deadline)), false),
    (Made.silence(deadline * 2, observed: ObservedSilence(atLeastSeconds: 0, atMostSeconds: 60)), false),
    (Silence(), false),
  ]

  @Test("past 22.5 minutes of silence that nothing contradicts", arguments: cases)
  func isStuck(silence: Silence, expected: Bool) {
    let assessment = LockJudge.judge(Made.lockFile(), Made.evidence(silence, process: Made.process(.alive)))
    #expect(assessment.verdict == .held)
    #expect(assessment.isStuck == expected)
    #expect(assessment.reasons.contains { $0.contains("stuck") } == expected)
  }

  @Test(
    "whose process is not seen: past 22.5 minutes after its refresh was seen",
    arguments: [(1.0, false), (deadline, false), (deadline + 1, true), (30 * Made.minute, true)])
  func refreshSeen(secondsAgo: Double, expected: Bool) {
    let assessment = LockJudge.judge(
      Made.lockFile(),
      Made.evidence(
        Made.silence(Self.deadline * 2), lineage: LineageEvidence(refreshSeenSecondsAgo: secondsAgo)))
    #expect(assessment.verdict == .held && assessment.isStuck == expected)
    #expect(assessment.reasons.contains { $0.contains("stuck") } == expected)
  }
}

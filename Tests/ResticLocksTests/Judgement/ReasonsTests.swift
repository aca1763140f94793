import ResticLocks
import Testing

@Suite("A verdict shows its reasons") struct ReasonsTests {
  private static func reasons(_ evidence: LockEvidence) -> String {
    LockJudge.judge(Made.lockFile(), evidence).reasons.joined(separator: "\n")
  }

  @Test("an expired lock says that it rests on silence alone and what that risks")
  func expired() {
    let reasons = Self.reasons(Made.evidence(Made.silence(7200)))
    #expect(reasons.contains("silence alone"))
    #expect(reasons.contains("suspended client"))
    #expect(reasons.contains("before 0.15"))
  }

  @Test("an uncertain lock says that our clock is unsound")
  func unsound() {
    let silence = Silence(lockTime: Made.unsound(7200), storage: Made.unsound(7200))
    #expect(
      Self.reasons(Made.evidence(silence, soundness: .unsound)).contains(
        "nothing shows that this machine's clock is right"))
  }

  @Test("an uncertain lock says which basis claims what, and what the disagreement may mean")
  func disagreement() {
    let reasons = Self.reasons(Made.evidence(Silence(lockTime: Made.sound(7200), storage: Made.sound(60))))
    #expect(reasons.contains("2h ago by its own time"))
    #expect(reasons.contains("1m ago by the file's time"))
    #expect(reasons.contains("writer's clock is slow"))
  }

  @Test(
    "a time that was set aside is named whatever the verdict",
    arguments: [
      ProcessEvidence.State.alive, .notHere,
    ])
  func notes(process: ProcessEvidence.State) {
    let silence = Silence(
      storage: Made.sound(60), futureBases: [.lockTime], notes: ["the lock's time lies ahead"])
    #expect(Self.reasons(Made.evidence(silence, process: Made.process(process))).contains("lies ahead"))
  }

  @Test(
    "what the process table said stands beside every verdict it did not decide",
    arguments: [
      Made.silence(60), Made.silence(7200), Silence(lockTime: Made.sound(7200)),
    ])
  func processRemark(silence: Silence) {
    #expect(
      Self.reasons(Made.evidence(silence, process: Made.process(.unknown))).contains("the process is unknown")
    )
  }

  @Test("a superseded lock names the one that took its place")
  func superseded() {
    let lineage = LineageEvidence(siblings: [Made.sibling(Made.silence(300))])
    #expect(Self.reasons(Made.evidence(Made.silence(1500), lineage: lineage)).contains("bbbbbbbb"))
  }
}

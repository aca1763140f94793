import HostFacts
import ResticFormat
import ResticLocks
import Testing

@Suite("A lock is") struct VerdictTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let evidence: LockEvidence
    let verdict: Verdict

    init(_ description: String, _ evidence: LockEvidence, _ verdict: Verdict) {
      testDescription = description
      self.evidence = evidence
      self.verdict = verdict
    }
  }

  private static let minute = Made.minute
  private static let ours = Made.host("web1")
  private static let anybody = Made.host("localhost", ours: "localhost")
  private static let watched11 = ObservedSilence(atLeastSeconds: 11 * minute)
  private static let oldSibling = LineageEvidence(siblings: [Made.sibling(Made.silence(5 * minute))])
  private static let youngSibling = LineageEvidence(siblings: [Made.sibling(Made.silence(119))])
  private static let refreshSeen = LineageEvidence(refreshSeenSecondsAgo: 60)

  private static func evidence(
    _ minutes: Double, _ process: ProcessEvidence.State = .notHere, _ host: HostMatch = ours,
    locality: FileSystemLocality? = Made.network, lineage: LineageEvidence = LineageEvidence(),
    startedAfterLockSeconds: Double? = nil
  ) -> LockEvidence {
    Made.evidence(
      Made.silence(minutes * minute),
      process: Made.process(process, startedAfterLockSeconds: startedAfterLockSeconds),
      host: host, lineage: lineage, locality: locality)
  }

  static let heldCases: [Case] = [
    Case("held by its process, however silent", evidence(99_999, .alive), .held),
    Case("held by its process rather than superseded", evidence(60, .alive, lineage: oldSibling), .held),
    Case("held by a refresh seen rather than expired", evidence(60, .notHere, lineage: refreshSeen), .held),
    Case(
      "held by a refresh seen rather than dead",
      evidence(60, .absent, locality: Made.localDisk, lineage: refreshSeen), .held),
    Case(
      "held by a refresh seen 30 minutes ago",
      evidence(1, lineage: LineageEvidence(refreshSeenSecondsAgo: 30 * minute)), .held),
    Case(
      "no longer held by a refresh seen more than 30 minutes ago",
      evidence(31, lineage: LineageEvidence(refreshSeenSecondsAgo: 30 * minute + 1)), .expired),
    Case(
      "not held because a sibling was seen refreshing",
      Made.evidence(
        Made.silence(31 * minute),
        lineage: LineageEvidence(siblings: [Made.sibling(Made.silence(60), refreshSeenSecondsAgo: 60)])),
      .expired),
  ]

  static let deadCases: [Case] = [
    Case(
      "dead at once where only this machine can write", evidence(0, .absent, locality: Made.localDisk), .dead),
    Case("fresh where another machine may have written it", evidence(1, .absent), .fresh),
    Case(
      "fresh where the file system could not be asked", evidence(1, .absent, locality: .unknown(reason: "")),
      .fresh),
    Case("fresh where the repository is remote", evidence(1, .absent, locality: nil), .fresh),
    Case(
      "fresh on a local disk under a name that many machines carry",
      evidence(1, .absent, anybody, locality: Made.localDisk), .fresh),
    Case("dead after 10 silent minutes on two clocks elsewhere", evidence(10.1, .absent), .dead),
    Case(
      "dead after 10 silent minutes under a shared name",
      evidence(10.1, .absent, anybody, locality: Made.localDisk), .dead),
    Case("fresh at 10 minutes within the clocks' error", evidence(10 + 1 / 60, .absent), .fresh),
    Case(
      "dead after 10 minutes of watching, whatever the clocks say",
      Made.evidence(Made.silence(0, observed: watched11), process: Made.process(.absent), host: ours), .dead),
    Case(
      "fresh while only one clock says 10 minutes",
      Made.evidence(Silence(lockTime: Made.sound(1200)), process: Made.process(.absent), host: ours), .fresh),
    Case(
      "fresh while an earlier listing without it says less than 10 minutes",
      Made.evidence(
        Made.silence(1200, observed: ObservedSilence(atLeastSeconds: 1, atMostSeconds: 600)),
        process: Made.process(.absent), host: ours), .fresh),
    Case("dead rather than superseded", evidence(25, .absent, lineage: oldSibling), .dead),
    Case("dead rather than expired", evidence(60, .absent), .dead),
    Case(
      "dead by another process that started 61 s after it", evidence(11, .other, startedAfterLockSeconds: 61),
      .dead),
    Case(
      "fresh beside another process that started 60 s after it",
      evidence(11, .other, startedAfterLockSeconds: 60), .fresh),
    Case(
      "fresh beside another process that started 59 s after it",
      evidence(11, .other, startedAfterLockSeconds: 59), .fresh),
    Case(
      "fresh beside another process that started before it",
      evidence(11, .other, startedAfterLockSeconds: -9), .fresh),
    Case("fresh beside another process without a start", evidence(11, .other), .fresh),
    Case(
      "fresh beside a younger process without 10 silent minutes, on a local disk too",
      evidence(9, .other, locality: Made.localDisk, startedAfterLockSeconds: 99), .fresh),
    Case("fresh where the process can't be known", evidence(11, .unknown, locality: Made.localDisk), .fresh),
    Case("fresh where the holder is elsewhere", evidence(11, .notHere, locality: Made.localDisk), .fresh),
  ]

  static let supersededCases: [Case] = [
    Case("superseded by a newer lock after 22.5 minutes", evidence(22.6, lineage: oldSibling), .superseded),
    Case("fresh beside a newer lock at 22.5 minutes", evidence(22.5, lineage: oldSibling), .fresh),
    Case("fresh beside a newer lock younger than 2 minutes", evidence(25, lineage: youngSibling), .fresh),
    Case("superseded rather than expired", evidence(60, lineage: oldSibling), .superseded),
    Case("expired beside a newer lock younger than 2 minutes", evidence(60, lineage: youngSibling), .expired),
    Case(
      "fresh beside a sibling that is not newer",
      evidence(25, lineage: LineageEvidence(siblings: [Made.sibling(Made.silence(300), isNewer: false)])),
      .fresh),
    Case(
      "superseded once seen unchanged while the sibling was replaced", watchedBeside(refreshSeen: 300),
      .superseded),
    Case("fresh when the sibling was not replaced", watchedBeside(refreshSeen: nil), .fresh),
    Case(
      "fresh when the sibling was replaced before we watched", watchedBeside(refreshSeen: 11 * minute), .fresh
    ),
    Case(
      "fresh when watched for 10 minutes only", watchedBeside(refreshSeen: 300, watched: 10 * minute), .fresh),
    Case(
      "fresh beside a sibling whose youth only an unsound clock denies",
      watchedBeside(
        refreshSeen: 60, sibling: Silence(lockTime: Made.unsound(7200), storage: Made.unsound(7200))),
      .fresh),
    Case(
      "superseded beside a sibling of two days by an unsound clock",
      watchedBeside(refreshSeen: 300, sibling: Silence(lockTime: Made.unsound(2 * Made.day))), .superseded),
    Case(
      "fresh beside a sibling of unknown age", watchedBeside(refreshSeen: 300, sibling: Silence()), .fresh),
    Case(
      "fresh beside a sibling from the future",
      watchedBeside(refreshSeen: 300, sibling: Silence(storage: Made.sound(600), futureBases: [.lockTime])),
      .fresh),
  ]

  private static func watchedBeside(
    refreshSeen: Double?, watched: Double = 11 * minute, sibling: Silence = Made.silence(5 * minute)
  ) -> LockEvidence {
    Made.evidence(
      Made.silence(15 * minute, observed: ObservedSilence(atLeastSeconds: watched)),
      lineage: LineageEvidence(siblings: [Made.sibling(sibling, refreshSeenSecondsAgo: refreshSeen)]))
  }

  static let restCases: [Case] = [
    Case("expired when silence is settled", evidence(30.1), .expired),
    Case(
      "expired beside an older process of its PID", evidence(60, .other, startedAfterLockSeconds: -9),
      .expired),
    Case("expired where the process can't be known", evidence(60, .unknown), .expired),
    Case("uncertain past 30 minutes within the clocks' error", evidence(30 + 1 / 60), .uncertain),
    Case(
      "uncertain when only one clock says so", Made.evidence(Silence(lockTime: Made.sound(3600))), .uncertain),
    Case(
      "uncertain when the clocks disagree",
      Made.evidence(Silence(lockTime: Made.sound(60), storage: Made.sound(3600))), .uncertain),
    Case(
      "uncertain when our clock is unsound",
      Made.evidence(Silence(lockTime: Made.unsound(3600), storage: Made.unsound(3600)), soundness: .unsound),
      .uncertain),
    Case("fresh at exactly 30 minutes", evidence(30), .fresh),
    Case(
      "fresh with both times in the future", Made.evidence(Silence(futureBases: [.lockTime, .storage])),
      .fresh),
    Case("fresh without any basis", Made.evidence(Silence()), .fresh),
  ]

  @Test("by the first rule that applies", arguments: heldCases + deadCases + supersededCases + restCases)
  func verdict(_ testCase: Case) {
    let assessment = LockJudge.judge(Made.lockFile(), testCase.evidence)
    #expect(assessment.verdict == testCase.verdict)
    #expect(!assessment.rule.isEmpty)
    #expect(!assessment.reasons.isEmpty)
  }

  @Test("stale in one number: dead, superseded and expired", arguments: Verdict.allCases)
  func stale(verdict: Verdict) {
    #expect(verdict.isStale == [.dead, .superseded, .expired].contains(verdict))
  }

  @Test("judged by its defect where it shows no record", arguments: LockDefect.Kind.allCases)
  func defects(kind: LockDefect.Kind) {
    let lock = Made.lockFile(record: nil, defect: LockDefect(kind: kind, message: "why"))
    let assessment = LockJudge.judge(lock, defect: LockDefect(kind: kind, message: "why"))
    let expected: [LockDefect.Kind: Verdict] = [.stray: .debris, .empty: .empty, .unreadable: .unreadable]
    #expect(assessment.verdict == expected[kind, default: .damaged])
    #expect(assessment.reasons == ["why"])
  }

  @Test(
    "judged by its content first where only its name is wrong",
    arguments: [
      (Made.silence(60), ProcessEvidence.State.alive, Verdict.held), (Made.silence(3600), .notHere, .expired),
      (Made.silence(60), .notHere, .fresh),
    ])
  func misnamed(silence: Silence, process: ProcessEvidence.State, verdict: Verdict) {
    let lock = Made.lockFile(defect: LockDefect(kind: .name, message: "its name is wrong"))
    let assessment = LockJudge.judge(lock, Made.evidence(silence, process: Made.process(process)))
    #expect(assessment.verdict == verdict)
    #expect(assessment.reasons.contains("its name is wrong"))
  }
}

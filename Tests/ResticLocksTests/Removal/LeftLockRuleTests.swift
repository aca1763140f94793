import HostFacts
import ResticFormat
import ResticLocks
import Testing

/// Which locks a command provably left behind.
@Suite struct LeftLockRuleTests {
  static let rule = LeftLockRule(
    hostName: "web1", earlierNames: [Made.id("e").hex], reaped: [4711: 0, 4712: 1000], exclusivities: [false])

  private static func assessment(
    _ digit: Character = "a", record: LockRecord? = Made.record(), process: ProcessEvidence.State = .absent,
    verdict: Verdict = .dead
  ) -> Assessment {
    Assessment(
      lock: Made.lockFile(digit, record: record),
      evidence: record == nil
        ? nil
        : Made.evidence(process: Made.process(process), host: Made.host(), locality: Made.localDisk),
      verdict: verdict, rule: "the rule", reasons: [])
  }

  enum Expected: Sendable { case left, unproven, foreign }

  private static func finding(_ assessment: Assessment, among others: [Assessment] = []) -> Expected {
    switch rule.finding(on: assessment, among: [assessment] + others) {
    case .left: .left
    case .unproven: .unproven
    case .foreign: .foreign
    }
  }

  struct Case: Sendable {
    let what: String
    let assessment: Assessment
    var others: [Assessment] = []
    let expected: Expected
  }

  static let cases = [
    Case(what: "all is proven", assessment: assessment(), expected: .left),
    Case(
      what: "a descendant of another user",
      assessment: assessment(record: Made.record(pid: 4712, uid: 1000)), expected: .left),
    Case(what: "it was there before", assessment: assessment("e"), expected: .foreign),
    Case(
      what: "another host", assessment: assessment(record: Made.record(hostname: "web2")), expected: .foreign),
    Case(
      what: "another case of the name", assessment: assessment(record: Made.record(hostname: "WEB1")),
      expected: .foreign),
    Case(what: "no name", assessment: assessment(record: Made.record(hostname: "")), expected: .foreign),
    Case(what: "another PID", assessment: assessment(record: Made.record(pid: 4713)), expected: .unproven),
    Case(
      what: "another PID that lives",
      assessment: assessment(record: Made.record(pid: 4713), process: .alive, verdict: .held),
      expected: .foreign),
    Case(
      what: "another user", assessment: assessment(record: Made.record(uid: 1000)), expected: .unproven),
    Case(
      what: "another kind", assessment: assessment(record: Made.record(isExclusive: true)),
      expected: .unproven),
    Case(what: "no record", assessment: assessment(record: nil, verdict: .damaged), expected: .unproven),
    Case(
      what: "a second lock of the holder", assessment: assessment(), others: [assessment("b")],
      expected: .unproven),
    Case(
      what: "a second lock of the holder and of another kind", assessment: assessment(),
      others: [assessment("b", record: Made.record(isExclusive: true))], expected: .unproven),
    Case(
      what: "an earlier lock of the holder", assessment: assessment(), others: [assessment("e")],
      expected: .unproven),
    Case(
      what: "a lock of another holder", assessment: assessment(),
      others: [assessment("b", record: Made.record(pid: 1))], expected: .left),
    Case(
      what: "a process of that PID in a container", assessment: assessment(process: .alive, verdict: .held),
      expected: .unproven),
    Case(
      what: "a namespace that hides processes", assessment: assessment(process: .unknown, verdict: .fresh),
      expected: .unproven),
    Case(
      what: "the PID is another's", assessment: assessment(process: .other, verdict: .dead),
      expected: .unproven),
    Case(
      what: "a repository that others write to", assessment: assessment(process: .absent, verdict: .fresh),
      expected: .unproven),
    Case(
      what: "expired is not proof", assessment: assessment(process: .absent, verdict: .expired),
      expected: .unproven),
  ]

  @Test("each piece of proof is wanted", arguments: cases)
  func table(_ row: Case) {
    #expect(Self.finding(row.assessment, among: row.others) == row.expected, "\(row.what)")
  }

  @Test("the rule takes locks out of a removal and adds none", arguments: Verdict.allCases)
  func narrows(_ verdict: Verdict) {
    for process in [ProcessEvidence.State.absent, .alive, .unknown, .other, .notHere] {
      for digit in ["a", "e"] as [Character] {
        let inspection = Inspection(
          location: "r", assessments: [Self.assessment(digit, process: process, verdict: verdict)])
        var request = UnlockRequest()
        request.isAttended = true
        request.takesDamaged = true
        let plain = UnlockPlan(inspection, request).removals.count
        request.leftBehind = Self.rule
        let narrowed = UnlockPlan(inspection, request).removals.count
        #expect(narrowed <= plain)
        #expect(narrowed == (digit == "a" && process == .absent && verdict == .dead ? 1 : 0))
      }
    }
  }
}

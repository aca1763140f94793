import HostFacts
import ResticFormat
import Testing

@testable import ResticLocks

/// What `--rules restic` makes of a lock, beside what restic's own rule decides.
@Suite("The rules of restic") struct ResticRulesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let ageSeconds: Double
    var hostname = "web1"
    var pid: Int64 = 4711
    var signalZero = PIDFacts.SignalZero.exists
    let verdict: Verdict
    var testDescription: String { "\(ageSeconds) s, \(hostname), PID \(pid), \(signalZero)" }
  }

  static let cases: [Case] = [
    Case(ageSeconds: 1801, verdict: .expired), Case(ageSeconds: 1800, verdict: .held),
    Case(ageSeconds: 1801, hostname: "db7", verdict: .expired),
    Case(ageSeconds: 1800, hostname: "db7", verdict: .fresh),
    Case(ageSeconds: 60, signalZero: .noSuchProcess, verdict: .dead),
    Case(ageSeconds: 60, signalZero: .notPermitted, verdict: .held),
    Case(ageSeconds: 60, signalZero: .undecided, verdict: .held),
    Case(ageSeconds: 60, hostname: "db7", signalZero: .noSuchProcess, verdict: .fresh),
    Case(ageSeconds: 60, hostname: "WEB1", signalZero: .noSuchProcess, verdict: .fresh),
    Case(ageSeconds: 60, pid: 0, signalZero: .notAsked, verdict: .dead),
    Case(ageSeconds: 60, pid: -1, signalZero: .notAsked, verdict: .dead),
    Case(ageSeconds: -86_400, signalZero: .noSuchProcess, verdict: .dead),
    Case(ageSeconds: -86_400, hostname: "db7", verdict: .fresh),
    // restic knows no aliases: to it, this is another machine.
    Case(ageSeconds: 60, hostname: "alias", signalZero: .noSuchProcess, verdict: .fresh),
    Case(ageSeconds: 60, hostname: "alias", verdict: .fresh),
    Case(ageSeconds: 1801, hostname: "alias", verdict: .expired),
  ]

  @Test("give the verdict that restic unlock acts by", arguments: cases)
  func verdict(_ testCase: Case) {
    let record = Made.record(secondsAgo: testCase.ageSeconds, hostname: testCase.hostname, pid: testCase.pid)
    let assessment = Self.assess(Made.lockFile(record: record), testCase)
    #expect(assessment?.verdict == testCase.verdict)
    let decision = assessment.flatMap { ResticUnlockForecast.decision(on: $0, rule: .meant) }
    #expect(decision?.removes == testCase.verdict.isStale)
    #expect(assessment?.reasons == decision.map { [$0.reason] })
  }

  @Test("keep a misnamed lock, which restic can't load")
  func misnamed() {
    let lock = Made.lockFile(
      record: Made.record(secondsAgo: 9000), defect: LockDefect(kind: .name, message: "misnamed"))
    let assessment = Self.assess(lock, Case(ageSeconds: 9000, verdict: .damaged))
    #expect(assessment?.verdict == .damaged)
    #expect(assessment.flatMap { ResticUnlockForecast.decision(on: $0, rule: .meant) }?.removes == false)
  }

  @Test("take no heed of file times, watching and siblings")
  func lockTimeOnly() {
    let record = Made.record(secondsAgo: 1801)
    let assessment = Self.assess(
      Made.lockFile(record: record, modifiedSecondsAgo: 1), Case(ageSeconds: 0, verdict: .expired))
    #expect(assessment?.verdict == .expired)
  }

  private static func assess(_ lock: LockFile, _ testCase: Case) -> Assessment? {
    var options = JudgementOptions()
    options.rules = .restic
    options.hostAliases = ["alias"]
    let processes = ProcessTable { wanted in
      ProcessSnapshot(
        clock: Made.clock(),
        facts: Dictionary(
          uniqueKeysWithValues: wanted.map { ($0, PIDFacts(pid: $0, signalZero: testCase.signalZero)) }))
    }
    return LockAssessor(
      surroundings: Surroundings(
        clock: HostClock { Made.clock(.unsynchronised) }, host: HostIdentity(hostName: "web1", userID: 0),
        processes: processes, ownPID: 99),
      options: options, locality: Made.network,
      sightings: Sightings(bootID: "boot-1", listedAtSeconds: 0)
    ).assess([lock]).first
  }
}

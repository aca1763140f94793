import HostFacts
import ResticLocks
import Testing
import WallTime

@Suite("What time alone changes") struct VerdictOutlookTests {
  private static func nextChange(_ evidence: LockEvidence) -> NextChange? {
    LockJudge.judge(Made.lockFile(), evidence).nextChange
  }

  private static func secondsUntil(_ evidence: LockEvidence) -> Double? {
    nextChange(evidence)?.at.secondsSince(evidence.clock.now)
  }

  @Test("is the expiry of a fresh lock, on two sound clocks, their error included")
  func freshOnClocks() {
    let evidence = Made.evidence(Made.silence(600))
    #expect(Self.nextChange(evidence)?.verdict == .expired)
    #expect(Self.secondsUntil(evidence) == 1201)
  }

  @Test("waits for the younger of two clocks that disagree")
  func disagreement() {
    let silence = Silence(lockTime: Made.sound(7200), storage: Made.sound(60))
    #expect(Self.secondsUntil(Made.evidence(silence)) == 1741)
  }

  static let watchedOnly: [Silence] = [
    Silence(lockTime: Made.unsound(600), storage: Made.unsound(600)), Silence(lockTime: Made.sound(3600)),
    Silence(lockTime: Made.sound(3600), futureBases: [.storage]), Silence(),
  ]

  @Test("is half an hour of watching where no two clocks are sound", arguments: watchedOnly)
  func watching(silence: Silence) {
    #expect(Self.secondsUntil(Made.evidence(silence)) == 1800)
    var watched = silence
    watched.observed = ObservedSilence(atLeastSeconds: 1000)
    #expect(Self.secondsUntil(Made.evidence(watched)) == 800)
  }

  @Test("is not promised before an earlier listing without the lock is as old")
  func upperBound() {
    let silence = Made.silence(29 * 60, observed: ObservedSilence(atLeastSeconds: 100, atMostSeconds: 300))
    #expect(Self.secondsUntil(Made.evidence(silence)) == 1500)
  }

  @Test("is death after 10 silent minutes where the process is gone")
  func absentProcess() {
    let evidence = Made.evidence(Made.silence(60), process: Made.process(.absent), host: Made.host())
    #expect(Self.nextChange(evidence)?.verdict == .dead)
    #expect(Self.secondsUntil(evidence) == 541)
  }

  @Test("is death after 10 silent minutes where a younger program has the PID")
  func otherProcess() {
    let process = Made.process(.other, startedAfterLockSeconds: 61)
    #expect(Self.nextChange(Made.evidence(Made.silence(60), process: process))?.verdict == .dead)
    let older = Made.process(.other, startedAfterLockSeconds: 60)
    #expect(Self.nextChange(Made.evidence(Made.silence(60), process: older))?.verdict == .expired)
  }

  @Test(
    "is nothing where a verdict stands",
    arguments: [
      Made.evidence(Made.silence(7200)), Made.evidence(Made.silence(60), process: Made.process(.alive)),
      Made.evidence(
        Made.silence(60), process: Made.process(.absent), host: Made.host(), locality: Made.localDisk),
    ])
  func settledVerdicts(evidence: LockEvidence) {
    #expect(Self.nextChange(evidence) == nil)
  }

  @Test(
    "comes true: at that time the lock has that verdict, and just before it has not",
    arguments: [
      Made.silence(60), Made.silence(1799), Silence(lockTime: Made.sound(7200), storage: Made.sound(60)),
      Made.silence(29 * 60, observed: ObservedSilence(atLeastSeconds: 100, atMostSeconds: 300)),
      Silence(lockTime: Made.unsound(60), observed: ObservedSilence(atLeastSeconds: 7)),
    ])
  func comesTrue(silence: Silence) throws {
    let evidence = Made.evidence(silence)
    let change = try #require(Self.nextChange(evidence))
    let wait = try #require(Self.secondsUntil(evidence))
    #expect(Made.verdict(Made.evidence(silence.later(by: wait + 0.01))) == change.verdict)
    #expect(Made.verdict(Made.evidence(silence.later(by: wait - 0.01))) != change.verdict)
  }
}

extension Silence {
  /// The same lock, not refreshed, looked at again later.
  func later(by seconds: Double) -> Silence {
    func later(_ measurement: SilenceMeasurement?) -> SilenceMeasurement? {
      measurement.map {
        SilenceMeasurement(
          seconds: $0.seconds + seconds, uncertaintySeconds: $0.uncertaintySeconds, isSound: $0.isSound)
      }
    }
    return Silence(
      lockTime: later(lockTime), storage: later(storage),
      observed: ObservedSilence(
        atLeastSeconds: (observed?.atLeastSeconds ?? 0) + seconds,
        atMostSeconds: observed?.atMostSeconds.map { $0 + seconds }),
      futureBases: futureBases, notes: notes)
  }
}

import HostFacts
import ResticFormat
import TestSupport
import Testing
import WallTime

@testable import ResticLocks

/// Who stands in the way, in one word, and whether a person should look.
@Suite struct OperationCheckTests {
  private static func assessment(
    _ digit: Character, _ verdict: Verdict?, secondsAgo: Double = 60, runningSeconds: Double? = nil,
    isExclusive: Bool = false, isStuck: Bool = false, defect: LockDefect? = nil
  ) -> Assessment {
    var process = Made.process(.notHere)
    if let runningSeconds {
      process = ProcessEvidence(
        .alive, ["it runs"],
        process: ProcessFacts(hostPID: 4711, commandName: "restic", runningSeconds: runningSeconds),
        isRecognised: true)
    }
    let record = Made.record(secondsAgo: secondsAgo, isExclusive: isExclusive)
    return Assessment(
      lock: Made.lockFile(digit, record: defect == nil ? record : nil, defect: defect),
      evidence: defect == nil ? Made.evidence(Made.silence(secondsAgo), process: process) : nil,
      verdict: verdict, rule: "", reasons: [], isStuck: isStuck)
  }

  private static func check(_ name: String, _ assessments: [Assessment]) throws -> OperationCheck {
    try OperationCheck(
      ResticOperation.named(name), in: Inspection(location: "/r", assessments: assessments))
  }

  /// A shared lock of each verdict, and what `forget` makes of it.
  @Test(
    "a holder's life in one word, and what wants a person's look",
    arguments: [
      (Verdict.held, HolderLife.live, false), (.fresh, .live, false), (.dead, .dead, true),
      (.superseded, .dead, true), (.expired, .dead, true), (.uncertain, .unknown, true),
    ] as [(Verdict, HolderLife, Bool)])
  func life(verdict: Verdict, life: HolderLife, needsAttention: Bool) throws {
    let lock = Self.assessment("a", verdict)
    #expect(lock.needsAttention == needsAttention)
    let forget = try Self.check("forget", [lock])
    #expect(forget.blockedBy == life && forget.blockers.count == 1)
    let backup = try Self.check("backup", [lock])
    #expect(backup.blockedBy == nil && backup.blockers.isEmpty)
  }

  @Test("what is no lock: damaged and unreadable block and want a look, empty and stray neither")
  func noLocks() throws {
    for kind in [LockDefect.Kind.hash, .unreadable, .empty, .stray] {
      let verdict: Verdict =
        switch kind {
        case .unreadable: .unreadable
        case .empty: .empty
        case .stray: .debris
        default: .damaged
        }
      let defect = LockDefect(kind: kind, message: "it is")
      let file = LockFile(
        name: kind == .stray ? ".DS_Store" : Made.id("a").hex, id: kind == .stray ? nil : Made.id("a"),
        byteCount: 0, modified: nil, defect: defect)
      let lock = Assessment(lock: file, verdict: verdict, rule: "", reasons: [])
      let blocks = verdict == .damaged || verdict == .unreadable
      #expect(lock.needsAttention == blocks)
      let backup = try Self.check("backup", [lock])
      #expect(backup.blockedBy == (blocks ? .unknown : nil), "\(verdict)")
    }
  }

  @Test("a stuck holder lives, and wants a look")
  func stuck() throws {
    let lock = Self.assessment("a", .held, secondsAgo: 1500, isStuck: true)
    #expect(lock.needsAttention && lock.holderLife == .live)
  }

  @Test(
    "of several, one living holder is waited for, and one unknown speaks against unlocking",
    arguments: [
      ([Verdict.dead, .fresh], HolderLife.live), ([.dead, .uncertain, .held], .live),
      ([.dead, .uncertain], .unknown), ([.dead, .expired, .superseded], .dead),
    ] as [([Verdict], HolderLife)])
  func several(verdicts: [Verdict], life: HolderLife) throws {
    let locks = zip("abcdef", verdicts).map { Self.assessment($0, $1) }
    #expect(try Self.check("forget", locks).blockedBy == life)
  }

  @Test("only those in the way are named")
  func inTheWay() throws {
    let locks = [Self.assessment("a", .fresh), Self.assessment("b", .expired, isExclusive: true)]
    let backup = try Self.check("backup", locks)
    #expect(backup.blockers.map(\.lock.name) == [Made.id("b").hex] && backup.blockedBy == .dead)
    #expect(try Self.check("forget", locks).blockers.count == 2)
  }

  /// The verdict, silence, running time, and whether a day of it is borne.
  @Test(
    "a living holder is borne for a day, counted from its process's start where that is known",
    arguments: [
      (Verdict.fresh, 60, nil, true), (.held, 60, 3600, true), (.held, 60, 86_399, true),
      (.held, 60, 86_401, false), (.held, 86_401, nil, false), (.expired, 3600, nil, false),
      (.uncertain, 60, nil, false),
    ] as [(Verdict, Double, Double?, Bool)])
  func bearing(verdict: Verdict, silence: Double, running: Double?, isBorne: Bool) throws {
    let lock = Self.assessment("a", verdict, secondsAgo: silence, runningSeconds: running)
    #expect(try Self.check("forget", [lock]).isBlockedOnlyByLife(youngerThan: 86_400) == isBorne)
    let beside = [lock, Self.assessment("b", .dead)]
    #expect(try Self.check("forget", beside).isBlockedOnlyByLife(youngerThan: 86_400) == false)
    #expect(try Self.check("backup", [lock]).isBlockedOnlyByLife(youngerThan: 86_400) == false)
  }

  @Test("an operation that a version lacks is an error")
  func lacking() throws {
    let operation = try ResticOperation.named("rewrite")
    #expect(throws: ResticOperationError.self) {
      try OperationCheck(operation, in: Inspection(location: "/r"), version: ResticVersion(0, 12, 0))
    }
  }
}

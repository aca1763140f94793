import ResticFormat
import ResticLocks
import ResticStorage
import Testing
import WallTime

/// What goes and what stays, for each verdict and each option.
@Suite struct UnlockPlanTests {
  private static func assessment(
    _ verdict: Verdict, defect: LockDefect.Kind? = nil, name: String? = nil, exclusive: Bool = false,
    evidence: LockEvidence? = nil, unchangedSeconds: Double = 86_401,
    fileKind: FileEntry.Kind = .regular
  ) -> Assessment {
    let isSound = defect == nil
    let lock = LockFile(
      name: name ?? Made.id("a").hex, id: name == nil ? Made.id("a") : nil, byteCount: 147,
      modified: Made.now, fileKind: fileKind,
      record: isSound ? Made.record(isExclusive: exclusive) : nil,
      defect: defect.map { LockDefect(kind: $0, message: "made") })
    return Assessment(
      lock: lock, evidence: isSound ? evidence ?? Made.evidence(Made.silence(7200)) : nil, verdict: verdict,
      rule: "the rule", reasons: [],
      fileSilence: isSound ? nil : Silence(storage: Made.sound(unchangedSeconds)))
  }

  private static func kind(
    _ assessment: Assessment, _ change: (inout UnlockRequest) -> Void = { _ in }
  ) -> RemovalDecision.Kind? {
    var request = UnlockRequest()
    request.isAttended = true
    change(&request)
    return UnlockPlan(Inspection(location: "r", assessments: [assessment]), request).decisions.first?.kind
  }

  private static func goes(
    _ assessment: Assessment, _ change: (inout UnlockRequest) -> Void = { _ in }
  ) -> Bool {
    if case .remove = kind(assessment, change) { true } else { false }
  }

  private static let defects: [Verdict: LockDefect.Kind] = [
    .debris: .stray, .empty: .empty, .unreadable: .unreadable, .damaged: .mac,
  ]

  private static func of(_ verdict: Verdict) -> Assessment {
    assessment(
      verdict, defect: defects[verdict],
      name: verdict == .debris ? Made.id("a").hex + "-tmp-123" : nil)
  }

  @Test("by default dead, superseded and expired locks go, and nothing else", arguments: Verdict.allCases)
  func byDefault(_ verdict: Verdict) {
    #expect(Self.goes(Self.of(verdict)) == [.dead, .superseded, .expired].contains(verdict))
  }

  @Test("--damaged adds debris, empty and damaged files, and nothing else", arguments: Verdict.allCases)
  func damaged(_ verdict: Verdict) {
    let expected: Set<Verdict> = [.dead, .superseded, .expired, .debris, .empty, .damaged]
    #expect(Self.goes(Self.of(verdict)) { $0.takesDamaged = true } == expected.contains(verdict))
  }

  @Test("--force takes the named lock whatever its verdict is", arguments: Verdict.allCases)
  func forced(_ verdict: Verdict) {
    let assessment = Self.of(verdict)
    #expect(Self.goes(assessment) { $0.forcedNames = [assessment.lock.name] })
    #expect(Self.goes(assessment) { $0.forcedNames = ["another"] } == Self.goes(assessment))
  }

  /// A dry run promised what the real run failed on, after it had recorded the bytes of what a link leads to.
  @Test(
    "what is no regular file stays, also when it is forced",
    arguments: [FileEntry.Kind.symbolicLink, .directory, .other])
  func notRegular(kind: FileEntry.Kind) {
    for verdict in [Verdict.dead, .damaged, .empty] {
      let assessment = Self.assessment(verdict, defect: Self.defects[verdict], fileKind: kind)
      let decision = Self.kind(assessment) { $0.takesDamaged = true }
      guard case .keep(let reason) = decision else {
        Issue.record("\(verdict) of \(kind): \(String(describing: decision))")
        continue
      }
      #expect(reason.contains("remove it by hand"))
      #expect(!Self.goes(assessment) { $0.forcedNames = [assessment.lock.name] })
    }
  }

  @Test("a selection narrows, also what is forced", arguments: Verdict.allCases)
  func selection(_ verdict: Verdict) {
    let assessment = Self.of(verdict)
    #expect(
      !Self.goes(assessment) {
        $0.selects = { _ in false }
        $0.takesDamaged = true
        $0.forcedNames = [assessment.lock.name]
      })
  }

  @Test(
    "a file that --damaged is for stays until it was unchanged long enough",
    arguments: [
      (LockDefect.Kind.empty, Verdict.empty, 1800.0), (.mac, .damaged, 1800), (.hash, .damaged, 1800),
      (.tooShort, .damaged, 1800), (.json, .damaged, 86_400), (.encoding, .damaged, 86_400),
    ])
  func age(_ defect: LockDefect.Kind, _ verdict: Verdict, _ limitSeconds: Double) {
    for (seconds, expected) in [(limitSeconds - 1, false), (limitSeconds + 1, true)] {
      let assessment = Self.assessment(verdict, defect: defect, unchangedSeconds: seconds)
      #expect(Self.goes(assessment) { $0.takesDamaged = true } == expected, "\(seconds)")
    }
  }

  @Test(
    "names that are neither locks nor interrupted uploads never go",
    arguments: [".DS_Store", "README", "config", Made.id("a").hex + ".bak", Made.id("a").hex.uppercased()])
  func names(_ name: String) {
    let assessment = Self.assessment(.debris, defect: .stray, name: name)
    #expect(!Self.goes(assessment) { $0.takesDamaged = true })
    #expect(
      !Self.goes(assessment) {
        $0.takesDamaged = true
        $0.forcedNames = [name]
      })
  }

  @Test("no lock of a holder goes while another of its locks may be younger than two minutes")
  func youngSibling() {
    for (seconds, expected) in [(60.0, false), (3600, true)] {
      let evidence = Made.evidence(
        Made.silence(7200), lineage: LineageEvidence(siblings: [Made.sibling(Made.silence(seconds))]))
      #expect(Self.goes(Self.assessment(.dead, evidence: evidence)) == expected)
    }
  }

  @Test("unattended, an exclusive lock of another host needs silence that was watched")
  func unattended() {
    let watched = Made.evidence(Made.silence(7200, observed: ObservedSilence(atLeastSeconds: 1801)))
    let ours = Made.evidence(Made.silence(7200), host: Made.host())
    for (name, assessment, expected) in [
      ("clocks alone", Self.assessment(.expired, exclusive: true), false),
      ("watched", Self.assessment(.expired, exclusive: true, evidence: watched), true),
      ("shared", Self.assessment(.expired), true),
      ("our host", Self.assessment(.expired, exclusive: true, evidence: ours), true),
    ] {
      #expect(Self.goes(assessment) { $0.isAttended = false } == expected, "\(name)")
      #expect(Self.goes(assessment))
    }
  }

  @Test("--for takes only what is in that command's way")
  func operation() throws {
    let shared = Self.assessment(.expired)
    #expect(Self.goes(shared) { $0.operation = try? ResticOperation.named("prune") })
    #expect(!Self.goes(shared) { $0.operation = try? ResticOperation.named("backup") })
  }

  @Test("a lock that was not opened stays")
  func unopened() {
    let lock = LockFile(name: Made.id("a").hex, id: Made.id("a"), byteCount: 147, modified: Made.now)
    #expect(!Self.goes(LockJudge.unopened(lock)) { $0.takesDamaged = true })
  }
}

import ResticFormat
import ResticLocks
import TestSupport
import Testing
import WallTime

@testable import ReslockCommands

/// What `check` makes of locks: exits, states of a plugin, metrics.
@Suite("check") struct CheckTests {
  private static let hour: Double = 3600

  struct Lock: Sendable, CustomStringConvertible {
    var verdict: Verdict
    var isExclusive = false
    var secondsAgo: Double = 60
    var isStuck = false

    var description: String {
      "\(verdict)\(isStuck ? " (stuck)" : "") \(isExclusive ? "exclusive" : "shared") \(secondsAgo) s"
    }

    func assessment(_ digit: Character) -> Assessment {
      let kind: LockDefect.Kind? =
        switch verdict {
        case .damaged: .mac
        case .unreadable: .unreadable
        case .empty: .empty
        case .debris: .stray
        default: nil
        }
      let hex = String(repeating: String(digit), count: 64)
      let record = LockRecord(
        time: LockTime(text: "", instant: UnixTime(seconds: 0)), isExclusive: isExclusive,
        hostname: "web|1\n\"x'\u{1b}[31m", username: "a=b;c", pid: 4711, uid: 0, gid: 0)
      let file = LockFile(
        name: verdict == .debris ? ".DS_Store" : hex, id: verdict == .debris ? nil : ObjectID(hex: hex),
        byteCount: 147, modified: nil, record: kind == nil ? record : nil,
        defect: kind.map { LockDefect(kind: $0, message: "it is") })
      return Assessment(
        lock: file, verdict: verdict, rule: "the rule", reasons: ["a reason"], isStuck: isStuck,
        fileSilence: Silence(
          lockTime: SilenceMeasurement(seconds: secondsAgo, uncertaintySeconds: 1, isSound: true)))
    }
  }

  static func check(
    _ locks: [Lock], for names: [String] = [], isStrict: Bool = false, location: String = "/r"
  ) throws -> RepositoryCheck {
    let operations = try (names.isEmpty ? CheckRules.defaultOperationNames : names).map(ResticOperation.named)
    let rules = CheckRules(
      operations: operations, version: .newest, isDefault: names.isEmpty, isStrict: isStrict,
      warningAgeSeconds: CheckRules.defaultWarningAgeSeconds,
      criticalAgeSeconds: CheckRules.defaultCriticalAgeSeconds)
    let assessments = zip("0123456789abcdef", locks).map { $1.assessment($0) }
    return try RepositoryCheck(Inspection(location: location, assessments: assessments), rules)
  }

  /// Locks, `--for`, the exit, the exit with `--strict`, the state of a plugin.
  typealias Row = (
    locks: [Lock], names: [String], exit: ReslockCommands.ExitStatus, strict: ReslockCommands.ExitStatus,
    state: NagiosState
  )

  static let rows: [Row] = [
    ([], [], .done, .done, .ok),
    // A running backup pages nobody for a day, and is critical after three.
    ([Lock(verdict: .fresh)], [], .done, .done, .ok),
    ([Lock(verdict: .held)], [], .done, .done, .ok),
    ([Lock(verdict: .held, secondsAgo: 23 * hour)], [], .done, .done, .ok),
    ([Lock(verdict: .held, secondsAgo: 25 * hour)], [], .locked, .locked, .warning),
    ([Lock(verdict: .held, secondsAgo: 73 * hour)], [], .locked, .locked, .critical),
    ([Lock(verdict: .held, secondsAgo: 1500, isStuck: true)], [], .done, .needsAttention, .warning),
    // Who names forget wants to know.
    ([Lock(verdict: .fresh)], ["forget"], .locked, .locked, .warning),
    ([Lock(verdict: .fresh)], ["prune"], .locked, .locked, .warning),
    ([Lock(verdict: .fresh)], ["backup"], .done, .done, .ok),
    // An exclusive one stops backups.
    ([Lock(verdict: .fresh, isExclusive: true)], [], .locked, .locked, .warning),
    ([Lock(verdict: .held, isExclusive: true, secondsAgo: 73 * hour)], [], .locked, .locked, .critical),
    // What is gone does not go by itself.
    ([Lock(verdict: .dead)], [], .locked, .locked, .critical),
    ([Lock(verdict: .superseded)], [], .locked, .locked, .critical),
    ([Lock(verdict: .expired, secondsAgo: 3600)], [], .locked, .locked, .critical),
    ([Lock(verdict: .expired, secondsAgo: 3600)], ["backup"], .done, .needsAttention, .warning),
    ([Lock(verdict: .dead), Lock(verdict: .fresh)], [], .locked, .locked, .critical),
    // What later looks settle.
    ([Lock(verdict: .uncertain, secondsAgo: 3600)], [], .locked, .locked, .warning),
    ([Lock(verdict: .uncertain, secondsAgo: 3600)], ["backup"], .done, .needsAttention, .warning),
    ([Lock(verdict: .uncertain, secondsAgo: 73 * hour)], [], .locked, .locked, .critical),
    // What is no lock.
    ([Lock(verdict: .damaged)], ["backup"], .locked, .locked, .critical),
    ([Lock(verdict: .unreadable)], ["backup"], .locked, .locked, .critical),
    ([Lock(verdict: .empty)], [], .done, .done, .ok),
    ([Lock(verdict: .debris)], [], .done, .done, .ok),
    // What takes no lock is in nobody's way, and still wants a look.
    ([Lock(verdict: .damaged)], ["snapshots --no-lock"], .done, .needsAttention, .warning),
  ]

  @Test("exits and states", arguments: rows.indices)
  func rules(index: Int) throws {
    let row = Self.rows[index]
    let check = try Self.check(row.locks, for: row.names)
    #expect(check.status == row.exit, "\(row)")
    #expect(check.nagiosState == row.state, "\(row)")
    #expect(try Self.check(row.locks, for: row.names, isStrict: true).status == row.strict, "\(row)")
  }

  @Test("locks that were not opened are no answer: exit 12, UNKNOWN, and only certain blocks are told")
  func unopened() throws {
    let hex = String(repeating: "a", count: 64)
    let lock = LockFile(name: hex, id: ObjectID(hex: hex), byteCount: 147, modified: nil)
    let rules = try Self.check([]).rules
    let check = try RepositoryCheck(
      Inspection(
        location: "/r", assessments: [Assessment(lock: lock, verdict: nil, rule: "", reasons: [])]), rules)
    #expect(check.status == .wrongPassword && check.nagiosState == .unknown)
    let sentence = CheckText(check: check).sentence
    #expect(
      sentence == "1 lock, forget is blocked for certain, whether backup can run only the password tells")
    let operations = try #require(CheckDocument.json(check)["operations"]?.arrayValue)
    #expect(operations.first?["blocked"] == .null && operations.first?["blocked_by"] == .null)
    #expect(operations.last?["blocked"] == .bool(true))
  }

  @Test(
    "the sentence says what can run, what can't, and what to do",
    arguments: [
      ([], [], "backup and forget can run (no locks)"),
      ([Lock(verdict: .debris)], [], "backup and forget can run"),
      (
        [Lock(verdict: .damaged)], [],
        "backup and forget are blocked by a damaged lock file 00000000: restic fails on lock files that it cannot read"
      ),
      (
        [Lock(verdict: .expired), Lock(verdict: .empty)], ["backup"],
        "backup can run; 1 lock needs attention: 00000000 expired"
      ),
    ] as [([Lock], [String], String)])
  func sentence(locks: [Lock], names: [String], sentence: String) throws {
    #expect(CheckText(check: try Self.check(locks, for: names)).sentence == sentence)
  }

  @Test("a sentence stays one line, whatever a lock says of its holder, and a crowd stays short")
  func oneLine() throws {
    let locks = [Lock](repeating: Lock(verdict: .expired), count: 16)
    let check = try Self.check(locks)
    let sentence = CheckText(check: check).sentence
    #expect(!sentence.contains("\n") && !sentence.contains("\u{1b}"))
    #expect(sentence.contains("and 14 more"))
  }

  @Test("a plugin's line is one line with one bar, and its data are numbers with thresholds")
  func nagios() throws {
    let hostile = "a|b\nc'd\"e`f$(g)\\h;i=j <k>\u{2028}\u{202e}é"
    let check = try Self.check([Lock(verdict: .expired, secondsAgo: 7200.6)], location: hostile)
    let item = NagiosReport.Item(
      title: hostile, state: check.nagiosState, sentence: CheckText(check: check).sentence, check: check)
    for items in [[item], [item, item], Array(repeating: item, count: 100)] {
      let line = NagiosReport(items: items).line
      let parts = line.split(separator: "|", omittingEmptySubsequences: false)
      #expect(parts.count == 2 && line.hasPrefix("RESLOCK CRITICAL - "), "\(line)")
      #expect(!line.contains { $0.isNewline })
      #expect(parts[0].allSatisfy { !"\"'`$\\<>|&*!\u{202e}".contains($0) }, "\(line)")
      #expect(line.utf8.count < 4096)
      let data = parts[1].split(separator: " ")
      let form = /[a-z_]+=[0-9]+s?;[0-9]*;[0-9]*;0/
      #expect(data.allSatisfy { $0.wholeMatch(of: form) != nil }, "\(data)")
      #expect(data.contains("held=7200s;86400;259200;0"))
    }
  }

  @Test("what could not be looked at is UNKNOWN, has no numbers, and is worse than a warning")
  func unknown() throws {
    let failed = NagiosReport.Item(title: "r", state: .unknown, sentence: "no answer", check: nil)
    #expect(NagiosReport(items: [failed]).line == "RESLOCK UNKNOWN - r: no answer")
    let fine = NagiosReport.Item(
      title: "ok", state: .ok, sentence: "backup can run", check: try Self.check([]))
    let report = NagiosReport(items: [fine, failed])
    #expect(report.state == .unknown && report.state.exitStatus.rawValue == 3)
    #expect(
      report.line.hasPrefix(
        "RESLOCK UNKNOWN - 1 of 2 repositories: r: no answer | repositories=2;;;0 failed=1;;;0"))
    #expect(NagiosState.worst([.warning, .unknown, .ok]) == .unknown)
    #expect(NagiosState.worst([.critical, .unknown]) == .critical)
    #expect(NagiosState.worst([.ok, .warning]) == .warning)
    #expect(NagiosState.allCases.map(\.exitStatus.rawValue) == [0, 1, 2, 3])
  }

  @Test("Prometheus reads the metrics and finds nothing to improve, whatever names are in them")
  func prometheus() async throws {
    let time = UnixTime(seconds: 1_800_000_000)
    let titles = ["plain", "a\"b\\c\nd{e}=|,'\u{1b}é\r", "plain", "failed", ""]
    let locks = [Lock(verdict: .expired, isExclusive: true, secondsAgo: 7200), Lock(verdict: .damaged)]
    let checked = try Self.check(locks, for: ["backup", "forget --dry-run"])
    let report = PrometheusReport(
      items: titles.map { title in
        PrometheusReport.Item(title: title, check: title == "failed" ? nil : checked, lookedAt: time)
      })
    for text in [report.document, PrometheusReport.nothingKnown, PrometheusReport(items: []).document] {
      let result = try await Promtool.check(text)
      #expect(result.exitCode == 0 && result.stdout.isEmpty && result.stderr.isEmpty, "\(result.stderr)")
    }
    let samples = try MetricSample.parse(report.document)
    let up = Dictionary(
      uniqueKeysWithValues: samples.filter { $0.name == "reslock_up" }.map {
        ($0.labels["repository"], $0.value)
      })
    #expect(up == ["plain": 1, titles[1]: 1, "plain #2": 1, "failed": 0, "": 1])
    // Of what could not be looked at there is nothing, not even a zero.
    #expect(samples.filter { $0.labels["repository"] == "failed" }.map(\.name) == ["reslock_up"])
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      samples.first { sample in
        sample.name == name && sample.labels == labels.merging(["repository": titles[1]]) { $1 }
      }?.value
    }
    #expect(value("restic_locks_total") == 2 && value("restic_stale_locks_total") == 1)
    #expect(value("reslock_locks", ["verdict": "expired", "exclusive": "true"]) == 1)
    #expect(value("reslock_locks", ["verdict": "expired", "exclusive": "false"]) == 0)
    #expect(value("reslock_locks", ["verdict": "damaged", "exclusive": ""]) == 1)
    #expect(value("reslock_oldest_unrefreshed_age_seconds") == 7200)
    #expect(value("reslock_operation_blocked", ["operation": "backup"]) == 1)
    #expect(
      value("reslock_operation_blocked_by", ["operation": "backup", "holder": "unknown"]) == 1)
    #expect(value("reslock_last_successful_look_timestamp_seconds") == 1_800_000_000)
  }

  @Test("promtool can say no")
  func promtoolIsNoYesMan() async throws {
    #expect(try await Promtool.check("a{b=\"c} 1\n").exitCode == 1)
    #expect(try await Promtool.check("# TYPE a_total gauge\na_total 1\n").exitCode == 3)
  }

  @Test("of several exits the worst is kept")
  func worst() {
    let order: [ReslockCommands.ExitStatus] = [
      .interrupted, .failed, .usage, .noRepository, .wrongPassword, .locked, .needsAttention, .done,
    ]
    for (index, status) in order.enumerated() {
      for other in order[index...] {
        #expect(status.worse(other) == status && other.worse(status) == status)
      }
    }
  }
}

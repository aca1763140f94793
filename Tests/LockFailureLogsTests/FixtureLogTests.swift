import LockFailureLogs
import Testing

/// What is in a log of `Fixtures/logs`.
struct LogCase: Sendable, CustomTestStringConvertible {
  let file: String
  let holder: String
  var isExclusive = false
  let lockIDs: [String]
  let count: Int
  let firstSeen: String
  let basis: DatedTime.Basis
  let commands: [String]
  var exitCodes: Set<Int64> = []
  /// `nil` where no line has a time of its own.
  var zoneSeconds: Int?
  var clockAgrees = true

  var testDescription: String { file }

  static let all: [LogCase] = [
    LogCase(
      file: "backrest-543.log", holder: "amar@mac 69387 501/20", isExclusive: true, lockIDs: ["67a154bb"],
      count: 1,
      firstSeen: "2024-11-09T06:47:08.005Z", basis: .lock, commands: ["backup home in snapshots"],
      exitCodes: [1],
      zoneSeconds: 0),
    LogCase(
      file: "backrest-console.log", holder: "squid@Squidlet 20442 1000/1000", lockIDs: ["5a26c7b4"], count: 2,
      firstSeen: "2026-04-24T18:12:16.111+02:00", basis: .line, commands: ["forget desktop"], exitCodes: [11],
      zoneSeconds: 7200),
    LogCase(
      file: "backrest.jsonl", holder: "squid@Squidlet 20442 1000/1000", lockIDs: ["5a26c7b4"], count: 1,
      firstSeen: "2026-04-24T16:12:16.224Z", basis: .line, commands: ["forget desktop"], exitCodes: [11],
      zoneSeconds: 7200),
    LogCase(
      file: "resticprofile.log", holder: "MYUSER@MYHOST 46959 502/20", isExclusive: true,
      lockIDs: ["aeccdab0"],
      count: 2, firstSeen: "2023-08-06T17:40:39.34", basis: .lock, commands: ["check nas", "backup nas"],
      clockAgrees: false),
    LogCase(
      file: "autorestic.txt", holder: "root@docker 62 0/0", lockIDs: ["3a957838"], count: 1,
      firstSeen: "2024-12-13T03:08:03.456", basis: .lock, commands: ["backup docs"], clockAgrees: false),
    LogCase(
      file: "journal.txt", holder: "root@web1.example.org 13471 0/0", lockIDs: ["0badcafe"], count: 1,
      firstSeen: "2026-01-02T03:00:05", basis: .lock, commands: ["forget"]),
    LogCase(
      file: "journal.jsonl", holder: "root@web1.example.org 13471 0/0", lockIDs: ["0badcafe"], count: 1,
      firstSeen: "2026-01-02T03:00:05.1Z", basis: .line, commands: ["prune"], zoneSeconds: 0),
    LogCase(
      file: "docker-compose.log", holder: "root@328444606c34 38 0/0", isExclusive: true,
      lockIDs: ["b59ca5ec"],
      count: 1, firstSeen: "2024-08-17T14:51:27Z", basis: .line, commands: ["?"], zoneSeconds: 0),
    LogCase(
      file: "docker-json.log", holder: "root@975f84afb80e 9454 0/0", lockIDs: ["05b36c59"], count: 1,
      firstSeen: "2025-11-28T01:00:13.481Z", basis: .line, commands: ["?"], exitCodes: [11], zoneSeconds: 0),
    LogCase(
      file: "kubernetes.log", holder: "@backup-7f9c-abcde 7 0/0", lockIDs: ["11223344"], count: 1,
      firstSeen: "2025-11-28T01:00:13.981123456Z", basis: .line, commands: ["prune"], zoneSeconds: 0),
    LogCase(
      file: "restic-0.14.0-shared.txt", holder: "root@mac 11344 0/0", lockIDs: ["3d2fa9ea"], count: 2,
      firstSeen: "2026-11-24T08:50:48.984", basis: .lock, commands: ["forget", "check"], clockAgrees: false),
    LogCase(
      file: "restic-0.18.0-shared.txt", holder: "root@mac 11695 0/0", lockIDs: ["eac5bb94"], count: 2,
      firstSeen: "2026-11-24T08:51:00.763", basis: .lock, commands: ["forget", "check"], clockAgrees: false),
    LogCase(
      file: "restic-0.19.1-shared.txt", holder: "root@mac 12050 0/0", lockIDs: ["a14ad0a0"], count: 2,
      firstSeen: "2026-11-24T08:51:13.996", basis: .lock, commands: ["forget", "check"], clockAgrees: false),
    LogCase(
      file: "restic-0.14.0-shared.jsonl", holder: "root@mac 11344 0/0", lockIDs: ["3d2fa9ea"], count: 2,
      firstSeen: "2026-11-24T08:50:49.696", basis: .lock, commands: ["?"], clockAgrees: false),
    LogCase(
      file: "restic-0.18.0-shared.jsonl", holder: "root@mac 11695 0/0", lockIDs: ["eac5bb94"], count: 2,
      firstSeen: "2026-11-24T08:51:01.193", basis: .lock, commands: ["?"], exitCodes: [11], clockAgrees: false
    ),
    LogCase(
      file: "restic-0.19.1-shared.jsonl", holder: "root@mac 12050 0/0", lockIDs: ["a14ad0a0"], count: 2,
      firstSeen: "2026-11-24T08:51:14.502", basis: .lock, commands: ["?"], exitCodes: [11], clockAgrees: false
    ),
  ]
}

@Suite("Logs in the shapes they come in")
struct FixtureLogTests {
  @Test("the holder, the lock, the times and the commands are found", arguments: LogCase.all)
  func lockedOut(log: LogCase) throws {
    let findings = LogReading.findings(in: try LogReading.bytes(of: log.file))
    let group = try #require(findings.groups.first)
    #expect(findings.groups.count == 1)
    #expect(group.kind == .locked)
    let holder = try #require(group.holder)
    let text = "\(holder.username)@\(holder.hostname) \(holder.pid) \(holder.uid ?? -1)/\(holder.gid ?? -1)"
    #expect(text == log.holder)
    #expect(holder.isExclusive == log.isExclusive)
    #expect(group.lockIDs == log.lockIDs)
    #expect(group.count == log.count)
    #expect(group.firstSeen?.text == log.firstSeen)
    #expect(group.firstSeen?.basis == log.basis)
    let commands = group.runs.map { run -> String in
      guard let command = run.command else { return "?" }
      let label = command.label.map { " \($0)" } ?? ""
      let inner = command.resticCommand.map { " in \($0)" } ?? ""
      return command.operation + label + inner
    }
    #expect(commands == log.commands)
    #expect(group.exitCodes == log.exitCodes)
    #expect(group.clock.agrees == log.clockAgrees)
    #expect(group.clock.zoneSeconds == log.zoneSeconds)
  }

  @Test("the Mac of Backrest issue 543 was silent for three days, and its clock agrees")
  func issue543() throws {
    let group = try #require(
      LogReading.findings(in: try LogReading.bytes(of: "backrest-543.log")).groups.first)
    let age = 264_125.876188
    #expect(group.longestAgeSeconds == age)
    #expect(group.lockTime?.text == "2024-11-06T05:25:02")
    #expect(abs(group.clock.mostSeconds) < 1)
    #expect(group.lockIDCount == 1)
  }

  @Test(
    "damaged locks are told with the lock's name where restic tells it",
    arguments: ["restic-0.18.0-damaged.txt", "restic-0.19.1-damaged.txt"])
  func damaged(file: String) throws {
    let findings = LogReading.findings(in: try LogReading.bytes(of: file))
    #expect(findings.groups.map(\.kind) == [.damagedLock, .damagedLock])
    #expect(findings.groups.map(\.lockIDs) == [[], ["ababababab"]])
    #expect(findings.groups.map(\.count) == [2, 2])
    #expect(findings.groups.allSatisfy { $0.exitCodes == [1] })
  }

  @Test("every other failure around a lock has its kind")
  func otherKinds() throws {
    let findings = LogReading.findings(in: try LogReading.bytes(of: "syslog.log"))
    let counts = Dictionary(uniqueKeysWithValues: findings.groups.map { ($0.kind, $0.count) })
    let expected: [LockFailureKind: Int] = [
      .waiting: 1, .unreadableLock: 1, .notCreated: 1, .removedWhileHeld: 1, .notRefreshed: 2, .notRemoved: 1,
    ]
    #expect(counts == expected)
    let refresh = try #require(findings.groups.first { $0.kind == .notRefreshed })
    #expect(refresh.firstSeen?.text == "2026-03-01T04:10:00")
    #expect(refresh.firstSeen?.basis == .context)
    #expect(!refresh.detail.contains("secret"))
  }

  @Test("a line without a year stays without one where nothing dates it")
  func noYear() throws {
    let group = try #require(
      LogReading.findings(in: try LogReading.bytes(of: "journal-no-year.txt")).groups.first)
    #expect(group.firstSeen?.time == nil)
    #expect(group.firstSeen?.text == "Feb 29 03:00:05")
    #expect(group.firstSeen?.basis == .incomplete)
  }

  @Test("how long nothing succeeded is counted from success to success of the same command")
  func successes() throws {
    let runs = try #require(
      LogReading.findings(in: try LogReading.bytes(of: "resticprofile.log")).groups.first?.runs)
    #expect(runs.map(\.lastSuccess?.text) == ["2023-08-05T03:00:01", nil])
    #expect(runs.map(\.nextSuccess?.text) == [nil, "2023-08-07T03:00:00"])
    #expect(runs.allSatisfy { $0.successesBetween == 0 })
    let backrest = LogReading.findings(in: try LogReading.bytes(of: "backrest-console.log"))
    #expect(backrest.groups.first?.runs.first?.blockedSeconds == 7200)
    #expect(backrest.successes.map(\.operation) == ["backup", "forget"])
    #expect(backrest.successes.map(\.count) == [2, 1])
  }
}

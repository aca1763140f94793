import ResticAudit
import ResticCrypto
import ResticFormat
import ResticLocks
import WallTime

/// Facts of a made-up past, in minutes from noon of one day.
struct Past {
  static let noon: Int64 = 1_795_435_200
  var facts: AuditFacts
  private var count = 0

  /// What is known at that minute.
  init(now minutes: Double = 600) {
    facts = AuditFacts(
      clocks: AuditedClocks(now: Self.at(minutes), soundness: "the test says so", isSound: true))
    facts.location = "/srv/repo"
    facts.auditor = "tester@test"
  }

  static func at(_ minutes: Double) -> UnixTime {
    UnixTime(secondsSinceEpoch: Double(noon) + minutes * 60)
  }

  static func record(
    _ minutes: Double, host: String = "web1", user: String = "root", pid: Int64 = 4711,
    exclusive: Bool = false
  ) -> LockRecord {
    let time = at(minutes)
    return LockRecord(
      time: LockTime(text: time.rfc3339, instant: time), isExclusive: exclusive, hostname: host,
      username: user,
      pid: pid, uid: 0, gid: 0)
  }

  /// A lock at that minute; `fileLater` is how much later its file says it was written, in minutes.
  @discardableResult
  mutating func lock(
    _ minutes: Double, host: String = "web1", user: String = "root", pid: Int64 = 4711,
    exclusive: Bool = false,
    fileLater: Double = 0, verdict: Verdict? = .expired, origin: AuditedLock.Origin = .repository,
    removed: AuditedLock.Removal? = nil
  ) -> String {
    count += 1
    let bytes = Array("lock \(count)".utf8)
    let id = ObjectID(hashOf: bytes)
    facts.locks.append(
      AuditedLock(
        name: id.hex, id: id, origin: origin, byteCount: Int64(bytes.count),
        modified: Self.at(minutes + fileLater), sha256: SHA256.hex(bytes), bytes: bytes,
        record: Self.record(minutes, host: host, user: user, pid: pid, exclusive: exclusive),
        verdict: origin == .repository ? verdict : nil, removed: removed))
    return id.hex
  }

  @discardableResult
  mutating func snapshot(
    _ start: Double, _ end: Double, host: String = "web1", user: String = "root",
    program: String = "restic 0.19.1"
  ) -> String {
    count += 1
    let id = ObjectID(hashOf: Array("snapshot \(count)".utf8))
    func time(_ minutes: Double) -> LockTime {
      LockTime(text: Self.at(minutes).rfc3339, instant: Self.at(minutes))
    }
    facts.snapshots.append(
      AuditedSnapshot(
        id: id, modified: Self.at(end), byteCount: 300,
        record: SnapshotRecord(
          time: time(start), hostname: host, username: user, programVersion: program, pathCount: 1,
          backupStart: time(start), backupEnd: time(end))))
    return id.hex
  }

  var analysis: AuditAnalysis { AuditAnalysis(facts) }

  func findings(_ kind: Finding.Kind) -> [Finding] { analysis.findings.filter { $0.kind == kind } }
}

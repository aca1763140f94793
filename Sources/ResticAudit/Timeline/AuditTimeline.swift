internal import ResticFormat
internal import ResticLocks
package import WallTime

/// Who held what when, as far as the facts go.
package struct AuditTimeline: Sendable {
  package private(set) var runs: [AuditRun] = []
  package let clocks: HostClocks
  /// The span in which each snapshot was written, on the storage's clock; the start as the run itself gave it.
  package private(set) var snapshotSpans: [(start: UnixTime, end: UnixTime)] = []
  /// Snapshots that no run accounts for.
  package private(set) var looseSnapshots: [Int] = []
  package let events: [AuditEvent]

  /// Where not every lock of the past is known, the same process may write on after this long.
  static let sameProcessSeconds: Double = 12 * 3600
  /// Containers number their processes from 1 anew with every start.
  static let highestRepeatedPID: Int64 = 1000

  package init(_ facts: AuditFacts) {
    let clocks = HostClocks(facts.locks)
    self.clocks = clocks
    let locks = facts.locks
    var groups: [LineageKey: [AuditRun.Sign]] = [:]
    var order: [LineageKey] = []
    var placed: Set<String> = []
    for index in Self.mostToldFirst(locks) {
      guard let record = locks[index].record, placed.insert(locks[index].name).inserted else { continue }
      let key = LineageKey(record)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(
        AuditRun.Sign(
          lockIndex: index, time: clocks.corrected(record.time.instant, host: record.hostname)))
    }
    var pieces: [[AuditRun.Sign]] = []
    for key in order {
      let signs = (groups[key] ?? []).sorted {
        ($0.time, locks[$0.lockIndex].name) < ($1.time, locks[$1.lockIndex].name)
      }
      pieces += Self.split(signs, pid: key.pid, isComplete: facts.history == .complete)
    }
    pieces.sort { left, right in
      guard let first = left.first, let second = right.first else { return right.first != nil }
      return (first.time, locks[first.lockIndex].name) < (second.time, locks[second.lockIndex].name)
    }
    for signs in pieces {
      guard let first = signs.first, let last = signs.last, let record = locks[first.lockIndex].record else {
        continue
      }
      runs.append(
        AuditRun(
          number: runs.count + 1, key: LineageKey(record), record: record, signs: signs, start: first.time,
          lastSign: last.time, presentCount: signs.count { locks[$0.lockIndex].isPresent },
          removed: locks[last.lockIndex].removed))
    }
    snapshotSpans = facts.snapshots.map { Self.span($0, clocks) }
    events = AuditEvent.all(facts, clocks)
    assignSnapshots(facts)
    for index in runs.indices { runs[index].purpose = Self.purpose(runs[index], facts) }
  }

  /// Of several records of one lock, the one of the repository itself counts, then that of a version.
  private static func mostToldFirst(_ locks: [AuditedLock]) -> [Int] {
    func rank(_ lock: AuditedLock) -> Int {
      switch lock.origin {
      case .repository: 0
      case .version: 1
      case .journal: 2
      case .earlier: 3
      }
    }
    return locks.indices.sorted { (rank(locks[$0]), $0) < (rank(locks[$1]), $1) }
  }

  private static func split(_ signs: [AuditRun.Sign], pid: Int64, isComplete: Bool) -> [[AuditRun.Sign]] {
    let limit =
      isComplete || pid <= highestRepeatedPID ? LockTimings.staleSeconds : sameProcessSeconds
    var pieces: [[AuditRun.Sign]] = []
    for sign in signs {
      if let last = pieces.last?.last, sign.time.secondsSince(last.time) <= limit {
        pieces[pieces.count - 1].append(sign)
      } else {
        pieces.append([sign])
      }
    }
    return pieces
  }

  private static func span(
    _ snapshot: AuditedSnapshot, _ clocks: HostClocks
  ) -> (start: UnixTime, end: UnixTime) {
    let record = snapshot.record
    let start = clocks.corrected((record.backupStart ?? record.time).instant, host: record.hostname)
    if let end = record.backupEnd {
      return (start, max(start, clocks.corrected(end.instant, host: record.hostname)))
    }
    // The file is written when the backup ends; a month later it was copied.
    if let modified = snapshot.modified, modified > start, modified.secondsSince(start) < 31 * 86_400,
      !clocks.fileTimesLookCopied
    {
      return (start, modified)
    }
    return (start, start)
  }

  /// Gives each snapshot to the shared run of its host and user that was at work when it was written.
  private mutating func assignSnapshots(_ facts: AuditFacts) {
    struct Writer: Hashable {
      let host: [UInt8]
      let user: [UInt8]
    }
    var runsByWriter: [Writer: [Int]] = [:]
    for (index, run) in runs.enumerated() where !run.isExclusive {
      runsByWriter[Writer(host: run.key.hostname, user: run.key.username), default: []].append(index)
    }
    for (index, snapshot) in facts.snapshots.enumerated() {
      let writer = Writer(
        host: Array(snapshot.record.hostname.utf8), user: Array(snapshot.record.username.utf8))
      let (start, end) = snapshotSpans[index]
      let found = runsByWriter[writer]?.last { runIndex in
        // A run may have gone on for one refresh after its last sign.
        start <= runs[runIndex].lastSign.adding(seconds: LockTimings.refreshIntervalSeconds)
          && end >= runs[runIndex].start
      }
      guard let found else {
        looseSnapshots.append(index)
        continue
      }
      let run = runs[found]
      let limit = run.removed?.time ?? run.lastSign.adding(seconds: LockTimings.refreshIntervalSeconds)
      let slack = 2.0
      let isInside = start >= run.start.adding(seconds: -slack) && end <= limit.adding(seconds: slack)
      runs[found].snapshots.append((index, isInside ? .inside : .across))
      runs[found].lastWork = max(run.lastWork ?? end, end)
    }
  }

  private static func purpose(_ run: AuditRun, _ facts: AuditFacts) -> AuditRun.Purpose? {
    for sign in run.signs.reversed() {
      guard let command = facts.locks[sign.lockIndex].holderCommand,
        let operation = ResticOperation.name(inCommandLine: command)
      else { continue }
      return AuditRun.Purpose(
        text: operation, confidence: .certain, basis: "the process that holds it runs restic \(operation)")
    }
    if let snapshot = run.snapshots.last {
      return AuditRun.Purpose(
        text: "backup", confidence: .likely,
        basis:
          "snapshot \(facts.snapshots[snapshot.index].id.short) of the same host and user was written by then"
      )
    }
    guard run.isExclusive else { return nil }
    return AuditRun.Purpose(
      text: "prune or the like", confidence: .possible,
      basis: "restic locks exclusively for prune, forget, check and a few more")
  }
}

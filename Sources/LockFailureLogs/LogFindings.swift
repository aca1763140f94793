/// A time, and what it rests on.
package struct DatedTime: Hashable, Sendable {
  package enum Basis: String, Sendable {
    /// The line itself has it whole.
    case line
    /// The line has a part; the lock's own time and age gave the rest, or all.
    case lock
    /// The line has a part or nothing; lines nearby gave the rest.
    case context
    /// The line has no year, and nothing nearby has one.
    case incomplete
  }

  /// `nil` where the log leaves the year or the day open.
  package let time: LogTime?
  /// The time, or what the line has of it.
  package let text: String
  package let basis: Basis
}

/// A command that a lock failure stopped, over the whole of the logs.
package struct FailedRuns: Sendable {
  package let command: FailedCommand?
  package fileprivate(set) var count = 0
  package fileprivate(set) var firstSeen: DatedTime?
  package fileprivate(set) var lastSeen: DatedTime?
  /// The last time the same operation succeeded before the first failure.
  package fileprivate(set) var lastSuccess: LogTime?
  /// The first time it succeeded after the last failure.
  package fileprivate(set) var nextSuccess: LogTime?
  package fileprivate(set) var successesBetween = 0

  /// From the last success, or the first failure, to the next success, or the last failure.
  package var blockedSeconds: Double? {
    guard successesBetween == 0, let start = lastSuccess ?? firstSeen?.time,
      let end = nextSuccess ?? lastSeen?.time
    else { return nil }
    return max(end.instant - start.instant, 0)
  }
}

/// How the log's clock fits what the messages claim: line time less age should be the lock's time.
package struct ClockComparison: Sendable, Hashable {
  /// How many failures had a time of their own and an age.
  package fileprivate(set) var count = 0
  /// By how much the log's clock was ahead, whole quarter hours taken for time zones.
  package fileprivate(set) var leastSeconds = 0.0
  package fileprivate(set) var mostSeconds = 0.0
  /// The zone of the lock's time, where the log names its own.
  package fileprivate(set) var zoneSeconds: Int?
  /// Failures that saw the lock in their future.
  package fileprivate(set) var futureCount = 0

  /// Within what restic and a logger may take to write a line.
  package static let toleranceSeconds = 30.0
  package var agrees: Bool { count > 0 && max(abs(leastSeconds), abs(mostSeconds)) <= Self.toleranceSeconds }
}

/// All failures of one kind with one holder or one lock.
package struct LockFailureGroup: Sendable {
  package let kind: LockFailureKind
  package let holder: LogHolder?
  package fileprivate(set) var count = 0
  package fileprivate(set) var firstSeen: DatedTime?
  package fileprivate(set) var lastSeen: DatedTime?
  /// First digits of IDs in the order they appeared; a holder's lock gets a new one every five minutes.
  package fileprivate(set) var lockIDs: [String] = []
  package fileprivate(set) var lockIDCount = 0
  /// The newest "lock was created at" and how old it was said to be then.
  package fileprivate(set) var lockTime: LogTime?
  package fileprivate(set) var longestAgeSeconds: Double?
  package fileprivate(set) var shortestAgeSeconds: Double?
  package fileprivate(set) var exitCodes: Set<Int64> = []
  package fileprivate(set) var runs: [FailedRuns] = []
  package fileprivate(set) var clock = ClockComparison()
  /// restic's words of the first failure, for kinds that name no holder.
  package fileprivate(set) var detail = ""
  /// Where the first failure stands: the file's number from 0, the line's from 1.
  package fileprivate(set) var firstLine: (file: Int, line: Int)
}

/// What logs tell about locks.
package struct LogFindings: Sendable {
  /// Newest last failure first.
  package fileprivate(set) var groups: [LockFailureGroup] = []
  package fileprivate(set) var lineCount = 0
  package fileprivate(set) var byteCount = 0
  /// Successes by operation.
  package fileprivate(set) var successes: [(operation: String, count: Int, last: LogTime?)] = []
  /// Failures beyond what is told apart.
  package fileprivate(set) var uncountedFailures = 0
}

/// Counts failures, in memory that does not grow with the logs.
struct FailureTally: Sendable {
  private static let groupLimit = 4096
  private static let idLimit = 64
  private static let commandLimit = 64
  private static let successLimit = 100_000
  private static let echoLimit = 65_536

  private struct Key: Hashable {
    let kind: LockFailureKind
    let holder: LogHolder?
    let lockID: String?
  }

  private struct Success {
    let label: String?
    let time: LogTime
  }

  private var groups: [Key: LockFailureGroup] = [:]
  private var order: [Key] = []
  private var successes: [String: [Success]] = [:]
  private var successCounts: [String: Int] = [:]
  private var storedSuccesses = 0
  private var uncounted = 0
  private var lineCount = 0
  private var byteCount = 0
  /// The last whole time of the current file, which dates lines without a year.
  private var fileContext: LogTime?
  private var undatedSuccesses: [(operation: String, label: String?, time: LineTime)] = []
  /// Messages already counted, where the same log came twice or a wrapper repeated restic's words.
  private var told: Set<String> = []

  mutating func endFile(lineCount: Int, byteCount: Int) {
    for success in undatedSuccesses {
      if let time = success.time.completed(near: fileContext) {
        store(success.operation, success.label, time)
      }
    }
    undatedSuccesses = []
    self.lineCount += lineCount
    self.byteCount += byteCount
    fileContext = nil
  }

  mutating func addSuccess(_ operation: String, label: String?, time: LineTime?) {
    successCounts[operation, default: 0] += 1
    guard let time else { return }
    if case .full(let time) = time {
      fileContext = time
      store(operation, label, time)
    } else if let time = time.completed(near: fileContext) {
      store(operation, label, time)
    } else if undatedSuccesses.count < 10_000 {
      undatedSuccesses.append((operation, label, time))
    }
  }

  private mutating func store(_ operation: String, _ label: String?, _ time: LogTime) {
    guard storedSuccesses < Self.successLimit else { return }
    storedSuccesses += 1
    successes[operation, default: []].append(Success(label: label, time: time))
  }

  mutating func add(_ failure: LockFailure) {
    if failure.kind == .locked, !failure.ageText.isEmpty {
      let message = "\(failure.lockID ?? "") \(failure.ageText) \(failure.holder?.pid ?? 0)"
      guard !told.contains(message) else { return }
      if told.count < Self.echoLimit { told.insert(message) }
    }
    let key = Key(
      kind: failure.kind, holder: failure.holder, lockID: failure.holder == nil ? failure.lockID : nil)
    if groups[key] == nil {
      guard groups.count < Self.groupLimit else {
        uncounted += 1
        return
      }
      order.append(key)
    }
    var group =
      groups[key]
      ?? LockFailureGroup(
        kind: failure.kind, holder: failure.holder, detail: failure.detail,
        firstLine: (failure.file, failure.line))
    count(failure, &group)
    groups[key] = group
  }

  private mutating func count(_ failure: LockFailure, _ group: inout LockFailureGroup) {
    let seen = dated(failure)
    if let time = seen?.time { fileContext = time }
    group.count += 1
    group.firstSeen = Self.earlier(group.firstSeen, seen)
    group.lastSeen = Self.later(group.lastSeen, seen)
    if let id = failure.lockID, !group.lockIDs.contains(id) {
      group.lockIDCount += 1
      if group.lockIDs.count < Self.idLimit { group.lockIDs.append(id) }
    }
    if let time = failure.lockTime, time.instant > (group.lockTime?.instant ?? -.infinity) {
      group.lockTime = time
    }
    if let age = failure.ageSeconds {
      group.longestAgeSeconds = max(group.longestAgeSeconds ?? age, age)
      group.shortestAgeSeconds = min(group.shortestAgeSeconds ?? age, age)
      if age < -1 { group.clock.futureCount += 1 }
    }
    if let code = failure.exitCode, group.exitCodes.count < 16 { group.exitCodes.insert(code) }
    compareClocks(failure, &group.clock)
    let index = group.runs.firstIndex { $0.command == failure.command }
    if index == nil, group.runs.count >= Self.commandLimit { return }
    if index == nil { group.runs.append(FailedRuns(command: failure.command)) }
    let position = index ?? group.runs.count - 1
    group.runs[position].count += 1
    group.runs[position].firstSeen = Self.earlier(group.runs[position].firstSeen, seen)
    group.runs[position].lastSeen = Self.later(group.runs[position].lastSeen, seen)
  }

  private func dated(_ failure: LockFailure) -> DatedTime? {
    if case .full(let time)? = failure.time { return DatedTime(time: time, text: time.text, basis: .line) }
    let claimed = failure.claimedTime
    if let part = failure.time {
      if let time = part.completed(near: claimed) {
        return DatedTime(time: time, text: time.text, basis: .lock)
      }
      if let time = part.completed(near: fileContext) {
        return DatedTime(time: time, text: time.text, basis: .context)
      }
      return DatedTime(time: nil, text: part.incompleteText, basis: .incomplete)
    }
    if let claimed = claimed?.roundedToMilliseconds {
      return DatedTime(time: claimed, text: claimed.text, basis: .lock)
    }
    guard let context = failure.contextTime else { return nil }
    guard let time = context.completed(near: fileContext) else {
      return DatedTime(time: nil, text: context.incompleteText, basis: .incomplete)
    }
    return DatedTime(time: time, text: time.text, basis: .context)
  }

  private func compareClocks(_ failure: LockFailure, _ clock: inout ClockComparison) {
    guard let claimed = failure.claimedTime, let line = failure.time?.completed(near: claimed) else { return }
    // The lock's time is in its writer's zone, which the message does not name: zones are whole quarter hours.
    let difference = line.instant - claimed.instant
    let quarters = (difference / 900).rounded()
    let isZone = abs(quarters) <= 56
    let skew = isZone ? difference - quarters * 900 : difference
    clock.leastSeconds = clock.count == 0 ? skew : min(clock.leastSeconds, skew)
    clock.mostSeconds = clock.count == 0 ? skew : max(clock.mostSeconds, skew)
    clock.count += 1
    if isZone, line.offsetSeconds != nil { clock.zoneSeconds = -Int(quarters) * 900 }
  }

  private static func earlier(_ left: DatedTime?, _ right: DatedTime?) -> DatedTime? {
    guard let left, let right else { return left ?? right }
    guard let first = left.time, let second = right.time else {
      return left.time == nil && right.time != nil ? right : left
    }
    return second.instant < first.instant ? right : left
  }

  private static func later(_ left: DatedTime?, _ right: DatedTime?) -> DatedTime? {
    guard let left, let right else { return left ?? right }
    guard let first = left.time, let second = right.time else {
      return left.time != nil && right.time == nil ? left : right
    }
    return second.instant >= first.instant ? right : left
  }

  func findings() -> LogFindings {
    var findings = LogFindings()
    findings.lineCount = lineCount
    findings.byteCount = byteCount
    findings.uncountedFailures = uncounted
    findings.successes = successCounts.keys.sorted().map { operation in
      let last = successes[operation]?.max { $0.time.instant < $1.time.instant }?.time
      return (operation, successCounts[operation] ?? 0, last)
    }
    let all = order.compactMap { groups[$0] }.map(withSuccesses)
    // A stable order: newest first, and what has no time behind it as it came.
    findings.groups = all.enumerated().sorted { left, right in
      let first = left.element.lastSeen?.time?.instant ?? -.infinity
      let second = right.element.lastSeen?.time?.instant ?? -.infinity
      return first == second ? left.offset < right.offset : first > second
    }.map(\.element)
    return findings
  }

  private func withSuccesses(_ group: LockFailureGroup) -> LockFailureGroup {
    var group = group
    for index in group.runs.indices {
      guard let first = group.runs[index].firstSeen?.time, let last = group.runs[index].lastSeen?.time else {
        continue
      }
      let command = group.runs[index].command
      let relevant = command.map { successes[$0.operation] ?? [] } ?? successes.values.flatMap { $0 }
      for success in relevant
      where command?.label == nil || success.label == nil || success.label == command?.label {
        let time = success.time
        if time.instant < first.instant {
          if time.instant > (group.runs[index].lastSuccess?.instant ?? -.infinity) {
            group.runs[index].lastSuccess = time
          }
        } else if time.instant > last.instant {
          if time.instant < (group.runs[index].nextSuccess?.instant ?? .infinity) {
            group.runs[index].nextSuccess = time
          }
        } else {
          group.runs[index].successesBetween += 1
        }
      }
    }
    return group
  }
}

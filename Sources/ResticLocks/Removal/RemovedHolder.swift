internal import HostFacts
package import ResticFormat
package import WallTime

/// The holder of a lock that was removed, to be known again when it writes another.
package struct RemovedHolder: Sendable {
  package let name: String
  package let key: LineageKey
  /// The last refresh of the removed lock, by its writer's clock.
  package let lockTime: UnixTime

  package init(name: String, record: LockRecord) {
    self.init(name: name, key: LineageKey(record), lockTime: record.time.instant)
  }

  package init(name: String, key: LineageKey, lockTime: UnixTime) {
    self.name = name
    self.key = key
    self.lockTime = lockTime
  }

  /// The names of the newest lock of each holder: an older one's holder may well live, and refresh the newer one.
  static func newestNames(in inspection: Inspection) -> Set<String> {
    var newest: [LineageKey: LockFile] = [:]
    newest.reserveCapacity(inspection.assessments.count)
    for lock in inspection.assessments.map(\.lock) {
      guard let record = lock.record, let key = lock.lineageKey else { continue }
      if let other = newest[key]?.record, other.time.instant > record.time.instant { continue }
      newest[key] = lock
    }
    return Set(newest.values.map(\.name))
  }

  /// Whether `lock`, which was not there when this one was removed, shows that its holder lives.
  ///
  /// - Parameters:
  ///   - lock: a lock of a later look.
  ///   - earlierNames: the names that were there before the removal.
  /// - Returns: `nil` for another holder's lock, and for one that was there before.
  func sighting(in lock: Assessment, earlierNames: Set<String>) -> HolderSighting? {
    guard let record = lock.lock.record, lock.lock.name != name, !earlierNames.contains(lock.lock.name),
      lock.lock.lineageKey == key, record.time.instant > lockTime
    else { return nil }
    let (kind, reason) = judge(lock, gapSeconds: record.time.instant.secondsSince(lockTime))
    return HolderSighting(kind: kind, removedName: name, newLock: lock, reason: reason)
  }

  private func judge(_ lock: Assessment, gapSeconds: Double) -> (HolderSighting.Kind, String) {
    if let process = lock.evidence?.process.holder, let started = process.started,
      lock.evidence?.process.state == .alive
    {
      // A container that is started anew at once has the name and PID of the one that died.
      return started > lockTime
        ? (.notice, "process \(process.hostPID) started after the removed lock was written: it is a new run")
        : (.alarm, "process \(process.hostPID) has run since before the removed lock was written")
    }
    let interval = LockTimings.refreshIntervalSeconds
    let offBeat = abs(gapSeconds - (gapSeconds / interval).rounded() * interval)
    if gapSeconds >= interval - Self.beatToleranceSeconds, gapSeconds <= LockTimings.refreshDeadlineSeconds,
      offBeat <= Self.beatToleranceSeconds
    {
      return (
        .alarm,
        "it follows the removed lock at the beat of restic's refreshes, \(AgeText.text(seconds: gapSeconds)) later"
      )
    }
    if key.pid <= Self.highestLikelyRepeatedPID {
      return (.notice, "PID \(key.pid) is one that containers use again and again: it may be a new run")
    }
    return (.alarm, "a PID such as \(key.pid) is seldom given twice: it is most likely the same process")
  }

  private static let beatToleranceSeconds: Double = 20
  /// Processes of a container are numbered from 1 anew with every start.
  private static let highestLikelyRepeatedPID: Int64 = 1000
}

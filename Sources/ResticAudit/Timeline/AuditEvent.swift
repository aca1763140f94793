internal import ResticFormat
package import WallTime

/// One dated thing that happened.
package struct AuditEvent: Sendable {
  package enum Kind: String, Sendable {
    case lockWritten = "lock_written"
    case lockRemoved = "lock_removed"
    case holderSeenAgain = "holder_seen_again"
    case snapshotStarted = "snapshot_started"
    case snapshotWritten = "snapshot_written"
  }

  /// On the storage's clock.
  package let time: UnixTime
  package let kind: Kind
  /// The lock's or snapshot's name.
  package let object: String
  package let holder: String
  package let source: String
  package let detail: String

  static func all(_ facts: AuditFacts, _ clocks: HostClocks) -> [AuditEvent] {
    var events: [AuditEvent] = []
    events.reserveCapacity(facts.locks.count + 2 * facts.snapshots.count)
    for lock in facts.locks {
      let holder = lock.record.map(ReportText.holder) ?? ""
      let detail = lock.record.map { ReportText.kind($0.isExclusive) } ?? lock.defect?.kind.rawValue ?? ""
      if let record = lock.record {
        events.append(
          AuditEvent(
            time: clocks.corrected(record.time.instant, host: record.hostname), kind: .lockWritten,
            object: lock.name, holder: holder, source: lock.origin.name, detail: detail))
      }
      if let removed = lock.removed {
        events.append(
          AuditEvent(
            time: removed.time, kind: .lockRemoved, object: lock.name, holder: holder,
            source: lock.origin.name,
            detail: removed.ground.rawValue + (removed.by.map { " by \($0)" } ?? "")))
      }
    }
    for alarm in facts.alarms {
      events.append(
        AuditEvent(
          time: alarm.time, kind: .holderSeenAgain, object: alarm.seen, holder: "", source: "journal",
          detail: "after \(alarm.removed) was removed"))
    }
    for snapshot in facts.snapshots {
      let record = snapshot.record
      let writer = "\(record.username)@\(record.hostname)"
      events.append(
        AuditEvent(
          time: clocks.corrected((record.backupStart ?? record.time).instant, host: record.hostname),
          kind: .snapshotStarted, object: snapshot.id.hex, holder: writer, source: "snapshot",
          detail: record.programVersion))
      if let end = record.backupEnd?.instant ?? snapshot.modified {
        events.append(
          AuditEvent(
            time: record.backupEnd == nil ? end : clocks.corrected(end, host: record.hostname),
            kind: .snapshotWritten, object: snapshot.id.hex, holder: writer, source: "snapshot",
            detail: record.programVersion))
      }
    }
    return events.sorted { ($0.time, $0.kind.rawValue, $0.object) < ($1.time, $1.kind.rawValue, $1.object) }
  }
}

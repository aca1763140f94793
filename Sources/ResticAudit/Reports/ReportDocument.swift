internal import LockFailureLogs
internal import ResticFormat
package import ResticLocks
internal import WallTime

/// The whole report as JSON; what later audits compare with.
package struct ReportDocument: Sendable {
  let analysis: AuditAnalysis
  let toolVersion: String

  package init(_ analysis: AuditAnalysis, toolVersion: String) {
    self.analysis = analysis
    self.toolVersion = toolVersion
  }

  private var facts: AuditFacts { analysis.facts }

  package var json: JSONValue {
    .object([
      ("message_type", .string("audit_report")), ("schema_version", .integer(1)),
      ("tool_version", .string(toolVersion)),
      ("time", .string(facts.clocks.now.rfc3339)), ("auditor", .string(facts.auditor)),
      (
        "repository",
        .object([
          ("name", .optional(facts.repositoryName)), ("id", .optional(facts.repositoryID)),
          ("config_sha256", .optional(facts.configSHA256)), ("location", .string(facts.location)),
          ("version", .optional(facts.repositoryVersion.map(Int64.init))),
        ])
      ),
      ("clocks", clocks), ("history", .string(facts.history.rawValue)),
      ("findings", .array(analysis.findings.map(finding))), ("missing", .strings(facts.missing)),
      ("limits", .strings(analysis.limits)), ("listings", .array(facts.listings.map(listing))),
      ("runs", .array(analysis.timeline.runs.map(run))), ("locks", .array(facts.locks.map(lock))),
      ("vanished", .strings(facts.vanishedNames)), ("snapshots", .array(snapshots)),
      ("keys", .array(facts.keys.map(key))),
    ])
  }

  private var clocks: JSONValue {
    .object([
      ("now", .string(facts.clocks.now.rfc3339)), ("sound", .bool(facts.clocks.isSound)),
      ("uncertainty_seconds", .optional(facts.clocks.uncertaintySeconds)),
      ("reason", .string(facts.clocks.soundness)),
      ("storage_offset_seconds", .optional(facts.clocks.storageOffsetSeconds)),
      ("file_times_look_copied", .bool(analysis.timeline.clocks.fileTimesLookCopied)),
      (
        "hosts",
        .array(
          analysis.timeline.clocks.skews.sorted { $0.key < $1.key }.map { host, skew in
            .object([
              ("hostname", .string(host)), ("storage_ahead_seconds", .number(skew.seconds)),
              ("spread_seconds", .number(skew.spreadSeconds)),
              ("sample_count", .integer(Int64(skew.sampleCount))),
            ])
          })
      ),
    ])
  }

  private func finding(_ finding: Finding) -> JSONValue {
    .object([
      ("kind", .string(finding.kind.rawValue)), ("severity", .string(finding.severity.rawValue)),
      ("confidence", .string(finding.confidence.rawValue)), ("title", .string(finding.title)),
      ("explanation", .string(finding.explanation)), ("evidence", .strings(finding.evidence)),
      ("unknown", finding.unknown.isEmpty ? .null : .string(finding.unknown)),
      ("from", .optional(finding.from?.rfc3339)), ("to", .optional(finding.to?.rfc3339)),
      ("lock_ids", .strings(finding.lockNames)), ("snapshot_ids", .strings(finding.snapshotIDs)),
    ])
  }

  private func listing(_ listing: AuditedListing) -> JSONValue {
    .object([
      ("folder", .string(listing.folder)), ("entry_count", .integer(Int64(listing.entryCount))),
      ("byte_count", .integer(listing.byteCount)), ("last_change", .optional(listing.lastChange?.rfc3339)),
      ("oldest", .optional(listing.oldest?.rfc3339)), ("newest", .optional(listing.newest?.rfc3339)),
    ])
  }

  private func run(_ run: AuditRun) -> JSONValue {
    .object([
      ("run", .string(run.name)), ("exclusive", .bool(run.isExclusive)),
      ("hostname", .string(run.record.hostname)), ("username", .string(run.record.username)),
      ("pid", .integer(run.record.pid)), ("uid", .integer(Int64(run.record.uid))),
      ("gid", .integer(Int64(run.record.gid))), ("start", .string(run.start.rfc3339)),
      ("last_sign", .string(run.lastSign.rfc3339)), ("last_work", .optional(run.lastWork?.rfc3339)),
      ("removed", removal(run.removed)), ("present_count", .integer(Int64(run.presentCount))),
      (
        "purpose",
        run.purpose.map { purpose in
          .object([
            ("operation", .string(purpose.text)), ("confidence", .string(purpose.confidence.rawValue)),
            ("basis", .string(purpose.basis)),
          ])
        } ?? .null
      ),
      ("lock_ids", .strings(run.signs.map { facts.locks[$0.lockIndex].name })),
      (
        "snapshots",
        .array(
          run.snapshots.map { snapshot in
            .object([
              ("id", .string(facts.snapshots[snapshot.index].id.hex)),
              ("relation", .string(snapshot.relation.rawValue)),
            ])
          })
      ),
    ])
  }

  private func removal(_ removal: AuditedLock.Removal?) -> JSONValue {
    guard let removal else { return .null }
    return .object([
      ("time", .string(removal.time.rfc3339)), ("by", .optional(removal.by)),
      ("ground", .string(removal.ground.rawValue)),
    ])
  }

  private func lock(_ lock: AuditedLock) -> JSONValue {
    .object(
      [
        ("id", .string(lock.name)), ("source", .string(lock.origin.name)), ("size", .integer(lock.byteCount)),
        ("modified", .optional(lock.modified?.rfc3339)), ("sha256", .optional(lock.sha256)),
        (
          "defect",
          lock.defect.map {
            .object([
              ("kind", .string($0.kind.jsonName)), ("message", .string($0.message)),
              ("authentic", .bool($0.isAuthentic)),
            ])
          } ?? .null
        ),
      ] + record(lock.record) + [
        ("unauthenticated", lock.unauthenticated.map { .object(record($0)) } ?? .null),
        ("verdict", .optional(lock.verdict?.rawValue)), ("rule", .string(lock.rule)),
        ("reasons", .strings(lock.reasons)), ("removed", removal(lock.removed)),
      ])
  }

  private func record(_ record: LockRecord?) -> [(key: String, value: JSONValue)] {
    [
      ("time", .optional(record?.time.text)), ("exclusive", record.map { .bool($0.isExclusive) } ?? .null),
      ("hostname", .optional(record?.hostname)), ("username", .optional(record?.username)),
      ("pid", .optional(record?.pid)), ("uid", .optional(record.map { Int64($0.uid) })),
      ("gid", .optional(record.map { Int64($0.gid) })),
    ]
  }

  private var snapshots: [JSONValue] {
    zip(facts.snapshots, analysis.timeline.snapshotSpans).map { snapshot, span in
      .object([
        ("id", .string(snapshot.id.hex)), ("size", .integer(snapshot.byteCount)),
        ("modified", .optional(snapshot.modified?.rfc3339)), ("time", .string(snapshot.record.time.text)),
        ("hostname", .string(snapshot.record.hostname)), ("username", .string(snapshot.record.username)),
        ("program_version", .string(snapshot.record.programVersion)),
        ("path_count", .integer(Int64(snapshot.record.pathCount))),
        ("start", .string(span.start.rfc3339)), ("end", .string(span.end.rfc3339)),
      ])
    }
  }

  private func key(_ key: AuditedKey) -> JSONValue {
    .object([
      ("id", .string(key.id)), ("size", .integer(key.byteCount)),
      ("modified", .optional(key.modified?.rfc3339)), ("created", .optional(key.created)),
      ("hostname", .optional(key.hostname)), ("username", .optional(key.username)),
      (
        "kdf",
        key.parameters.map {
          .object([
            ("N", .integer(Int64($0.N))), ("r", .integer(Int64($0.r))), ("p", .integer(Int64($0.p))),
          ])
        } ?? .null
      ), ("problem", .optional(key.problem)),
    ])
  }
}

package import HostFacts
internal import ResticFormat
internal import WallTime

/// The evidence about one lock as JSON, item by item.
package enum EvidenceDocument {
  package static func json(_ evidence: LockEvidence) -> JSONValue {
    .object([
      ("clock", clock(evidence)),
      ("silence", silence(evidence.silence)),
      ("process", process(evidence.process, evidence.host)),
      ("lineage", lineage(evidence.lineage)),
      ("file_system", fileSystem(evidence.locality)),
    ])
  }

  private static func clock(_ evidence: LockEvidence) -> JSONValue {
    .object([
      ("now", .string(evidence.clock.now.rfc3339)),
      ("sound", .bool(evidence.soundness.isSound)),
      ("uncertainty_seconds", .optional(evidence.soundness.uncertaintySeconds)),
      ("reason", .string(evidence.soundness.explanation)),
    ])
  }

  private static func silence(_ silence: Silence) -> JSONValue {
    .object([
      ("lock_time", measurement(silence.lockTime)),
      ("storage", measurement(silence.storage)),
      (
        "observed",
        silence.observed.map {
          .object([
            ("at_least_seconds", .number($0.atLeastSeconds)),
            ("at_most_seconds", .optional($0.atMostSeconds)),
          ])
        } ?? .null
      ),
      ("notes", .strings(silence.notes)),
    ])
  }

  private static func measurement(_ measurement: SilenceMeasurement?) -> JSONValue {
    guard let measurement else { return .null }
    return .object([
      ("seconds", .number(measurement.seconds)),
      ("uncertainty_seconds", .optional(measurement.uncertaintySeconds)),
      ("sound", .bool(measurement.isSound)),
    ])
  }

  private static func process(_ evidence: ProcessEvidence, _ host: HostMatch) -> JSONValue {
    .object([
      ("state", .string(evidence.state.rawValue)),
      ("reasons", .strings(evidence.reasons)),
      ("host_is_ours", .bool(host.isOurs)),
      ("host_name_is_widely_shared", .bool(host.isWidelyShared)),
      ("started_after_lock_seconds", .optional(evidence.startedAfterLockSeconds)),
      ("process", evidence.process.map(ProcessDocument.json) ?? .null),
    ])
  }

  private static func lineage(_ lineage: LineageEvidence) -> JSONValue {
    .object([
      ("sibling_count", .integer(Int64(lineage.siblingCount))),
      ("newer", .strings(lineage.siblings.filter(\.isNewer).map(\.id.hex))),
      ("young_sibling", .bool(lineage.siblings.contains(where: \.mayBeYoung))),
      ("refresh_seen_seconds_ago", .optional(lineage.refreshSeenSecondsAgo)),
      ("first_seen_seconds_ago", .optional(lineage.firstSeenSecondsAgo)),
    ])
  }

  private static func fileSystem(_ locality: FileSystemLocality?) -> JSONValue {
    switch locality {
    case .local(let name): .object([("local", .bool(true)), ("name", .string(name))])
    case .shared(let name): .object([("local", .bool(false)), ("name", .string(name))])
    case .unknown(let reason): .object([("local", .null), ("name", .null), ("reason", .string(reason))])
    case nil: .null
    }
  }
}

/// A process of this machine as JSON.
package enum ProcessDocument {
  package static func json(_ process: ProcessFacts) -> JSONValue {
    .object([
      ("pid", .integer(process.hostPID)),
      ("namespace_pids", .array(process.namespacePIDs.map(JSONValue.integer))),
      ("state", .optional(process.state?.words)),
      ("program", .optional(program(process))),
      ("command_line", .optional(ProcessText.commandLine(process))),
      ("user_id", .optional(process.userID.map { Int64($0) })),
      ("started", .optional(process.started?.rfc3339)),
      ("running_seconds", .optional(process.runningSeconds)),
      ("live_threads", .optional(process.liveThreadCount.map { Int64($0) })),
      ("container", .optional(process.controlGroup?.container)),
      ("systemd_unit", .optional(process.controlGroup?.systemdUnit)),
      ("children", .array(process.children.map { .string(ProcessText.line($0)) })),
    ])
  }

  private static func program(_ process: ProcessFacts) -> String? {
    if case .readable(let path) = process.executable { path } else { nil }
  }
}

internal import LockFailureLogs
internal import ResticLocks

/// `explain --json`: everything the logs told, in one object.
enum ExplainDocument {
  static func json(
    _ findings: LogFindings, _ inputs: [LogInput], _ inspection: Inspection?, _ fates: [LockFate?]
  ) -> JSONValue {
    .object([
      ("message_type", .string("lock_failures")),
      ("schema_version", .integer(1)),
      ("files", .array(inputs.map(file))),
      ("line_count", .integer(Int64(findings.lineCount))),
      ("byte_count", .integer(Int64(findings.byteCount))),
      ("repository", inspection.map(RepositoryDocument.json) ?? .null),
      ("failures", .array(zip(findings.groups, fates).map { failure($0, $1, inputs) })),
      ("uncounted_failures", .integer(Int64(findings.uncountedFailures))),
      ("successes", .array(findings.successes.map(success))),
      ("advice", .strings(ExplainAdvice.lines(findings, fates, inspection))),
    ])
  }

  private static func file(_ input: LogInput) -> JSONValue {
    .object([
      ("name", .string(input.name)), ("gzip", .bool(input.isCompressed)), ("error", .optional(input.problem)),
    ])
  }

  private static func success(_ success: (operation: String, count: Int, last: LogTime?)) -> JSONValue {
    .object([
      ("operation", .string(success.operation)), ("count", .integer(Int64(success.count))),
      ("last_seen", .optional(success.last?.text)),
    ])
  }

  private static func failure(_ group: LockFailureGroup, _ fate: LockFate?, _ inputs: [LogInput]) -> JSONValue
  {
    let file = inputs.indices.contains(group.firstLine.file) ? inputs[group.firstLine.file].name : "-"
    return .object([
      ("kind", .string(group.kind.rawValue)),
      ("hostname", .optional(group.holder?.hostname)),
      ("username", .optional(group.holder?.username)),
      ("pid", .optional(group.holder?.pid)),
      ("uid", .optional(group.holder?.uid)),
      ("gid", .optional(group.holder?.gid)),
      ("exclusive", group.holder.map { .bool($0.isExclusive) } ?? .null),
      ("lock_ids", .strings(group.lockIDs)),
      ("lock_id_count", .integer(Int64(group.lockIDCount))),
      ("refreshed", .optional(group.lockTime?.text)),
      ("longest_age_seconds", .optional(group.longestAgeSeconds)),
      ("shortest_age_seconds", .optional(group.shortestAgeSeconds)),
      ("count", .integer(Int64(group.count))),
      ("first_seen", dated(group.firstSeen)),
      ("last_seen", dated(group.lastSeen)),
      ("first_file", .string(file)),
      ("first_line", .integer(Int64(group.firstLine.line))),
      ("exit_codes", .array(group.exitCodes.sorted().map(JSONValue.integer))),
      ("message", group.detail.isEmpty ? .null : .string(group.detail)),
      ("commands", .array(group.runs.map(run))),
      ("clock", clock(group.clock)),
      ("now", now(fate)),
    ])
  }

  private static func dated(_ time: DatedTime?) -> JSONValue {
    guard let time else { return .null }
    return .object([
      ("time", .optional(time.time?.text)), ("text", .string(time.text)),
      ("dated_by", .string(time.basis.rawValue)),
    ])
  }

  private static func run(_ run: FailedRuns) -> JSONValue {
    .object([
      ("operation", .optional(run.command?.operation)),
      ("label", .optional(run.command?.label)),
      ("restic_command", .optional(run.command?.resticCommand)),
      ("count", .integer(Int64(run.count))),
      ("first_seen", dated(run.firstSeen)),
      ("last_seen", dated(run.lastSeen)),
      ("last_success", .optional(run.lastSuccess?.text)),
      ("next_success", .optional(run.nextSuccess?.text)),
      ("successes_between", .integer(Int64(run.successesBetween))),
      ("blocked_seconds", .optional(run.blockedSeconds)),
    ])
  }

  private static func clock(_ clock: ClockComparison) -> JSONValue {
    guard clock.count > 0 else { return .null }
    return .object([
      ("agrees", .bool(clock.agrees)),
      ("compared_count", .integer(Int64(clock.count))),
      ("least_skew_seconds", .number(clock.leastSeconds)),
      ("most_skew_seconds", .number(clock.mostSeconds)),
      ("lock_zone_seconds", .optional(clock.zoneSeconds.map(Int64.init))),
      ("future_lock_count", .integer(Int64(clock.futureCount))),
    ])
  }

  private static func now(_ fate: LockFate?) -> JSONValue {
    guard let fate else { return .null }
    let locks = fate.assessments.map { assessment in
      JSONValue.object([
        ("id", .string(assessment.lock.name)), ("verdict", .optional(assessment.verdict?.rawValue)),
      ])
    }
    return .object([("state", .string(fate.state.rawValue)), ("locks", .array(locks))])
  }
}

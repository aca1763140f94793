internal import ResticFormat
internal import ResticLocks

/// `unlock --json`: what was decided about each lock, and what came of it.
enum UnlockDocument {
  static func json(_ report: UnlockReport, journal: Journal?, version: ResticVersion) -> JSONValue {
    let document = LockDocument(version: version)
    return .object([
      ("message_type", .string("unlock")),
      ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(report.final)),
      ("dry_run", .bool(report.isDryRun)),
      ("interrupted", .bool(report.wasInterrupted)),
      ("counts", counts(report)),
      ("locks", .array(report.outcomes.map { lock($0, report, document) })),
      ("forecasts_before", forecasts(report.before.obstacles, report.before, version)),
      ("forecasts_after", forecasts(report.remainingObstacles, report.final, version)),
      ("sightings", .array(report.sightings.map(sighting))),
      ("journal", self.journal(report, journal)),
      ("errors", .strings(report.troubles)),
    ])
  }

  private static func counts(_ report: UnlockReport) -> JSONValue {
    let kinds: [LockOutcome.Kind] = [.removed, .kept, .vanished, .failed]
    return .object(
      kinds.map { kind in
        let key = report.isDryRun && kind == .removed ? "would_remove" : kind.rawValue
        return (key, .integer(Int64(report.count(kind))))
      })
  }

  private static func lock(
    _ outcome: LockOutcome, _ report: UnlockReport, _ document: LockDocument
  ) -> JSONValue {
    let word = report.isDryRun && outcome.kind == .removed ? "would_remove" : outcome.kind.rawValue
    let head: [(key: String, value: JSONValue)] = [
      ("outcome", .string(word)), ("outcome_reason", .string(outcome.reason)),
      ("ground", .optional(outcome.decision.ground?.rawValue)),
    ]
    guard case .object(let members) = document.json(outcome.assessment) else { return .object(head) }
    return .object(head + members)
  }

  private static func forecasts(
    _ obstacles: [LockObstacle], _ inspection: Inspection, _ version: ResticVersion
  ) -> JSONValue {
    guard inspection.isComplete else { return .null }
    return .array(OperationSummary(obstacles, version: version).forecasts.map(OperationSummary.forecastJSON))
  }

  static func sighting(_ sighting: HolderSighting) -> JSONValue {
    .object([
      ("kind", .string(sighting.kind.rawValue)), ("removed", .string(sighting.removedName)),
      ("seen", .string(sighting.newLock.lock.name)), ("reason", .string(sighting.reason)),
    ])
  }

  private static func journal(_ report: UnlockReport, _ journal: Journal?) -> JSONValue {
    guard let journal, let head = report.head else { return .null }
    return .object([
      ("path", .string(journal.path)), ("sequence", .integer(head.sequence)), ("head", .string(head.hash)),
    ])
  }
}

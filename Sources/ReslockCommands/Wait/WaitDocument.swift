internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// A wait as JSON, an object a line.
enum WaitDocument {
  /// Written when those in the way change.
  static func json(_ look: OperationWaiter.Look, time: UnixTime) -> JSONValue {
    .object([
      ("message_type", .string("wait")), ("schema_version", .integer(1)), ("time", .string(time.rfc3339)),
      ("operation", .string(look.check.operation.name)),
      ("blocked_by", .optional(look.check.blockedBy?.rawValue)),
      ("waited_seconds", .number(look.waitedSeconds)), ("seconds_left", .number(look.secondsLeft)),
      ("locks", locks(look.check)),
    ])
  }

  static func summary(_ result: OperationWaiter.Result) -> JSONValue {
    let removed = result.unlockReports.flatMap(\.outcomes).filter { $0.kind == .removed }
    let sightings = result.sightings + result.unlockReports.flatMap(\.sightings)
    return .object([
      ("message_type", .string("wait_summary")), ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(result.look.inspection)),
      ("outcome", .string(result.ending.rawValue)),
      ("operation", CheckDocument.operation(result.look.check, isComplete: true, isBorne: false)),
      ("waited_seconds", .number(result.look.waitedSeconds)),
      ("removed", .strings(removed.map(\.assessment.lock.name))),
      ("sightings", .array(sightings.map(UnlockDocument.sighting))),
      ("locks", locks(result.look.check)),
    ])
  }

  private static func locks(_ check: OperationCheck) -> JSONValue {
    .array(check.blockers.map(LockDocument(version: check.forecast.version).json))
  }
}

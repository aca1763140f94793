internal import ResticLocks
internal import WallTime

/// A watch as JSON, an object an event.
enum ObserveDocument {
  /// `target` is the repository, where there are several.
  static func json(
    _ event: ObservationEvent, of target: RepositoryTarget? = nil, version: ResticVersion
  ) -> JSONValue {
    let repository = target.map {
      [("repository", RepositoryDocument.json(name: $0.name, location: $0.location))]
    }
    let head: [(key: String, value: JSONValue)] = [
      ("message_type", .string("observation")), ("schema_version", .integer(1)),
    ]
    return .object(
      head + (repository ?? []) + [
        ("time", .string(event.time.rfc3339)), ("event", .string(event.kind.rawValue)),
        ("message", .string(event.text)), ("replaces", .optional(event.replacedName)),
        ("lock", event.assessment.map(LockDocument(version: version).json) ?? .null),
      ])
  }

  static func summary(_ result: LockObserver.Result, version: ResticVersion) -> JSONValue {
    .object([
      ("message_type", .string("observation_summary")), ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(result.inspection)), ("decided", .bool(result.isDecided)),
      ("interrupted", .bool(result.wasInterrupted)),
      ("locks", .array(result.inspection.assessments.map(LockDocument(version: version).json))),
    ])
  }
}

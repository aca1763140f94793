internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The journal as JSON.
enum JournalDocument {
  static func json(_ removal: JournalRemoval) -> JSONValue {
    .object([
      ("message_type", .string("removal")), ("schema_version", .integer(1)),
      ("sequence", .integer(removal.line.sequence)), ("time", .string(removal.time.rfc3339)),
      ("run", .string(removal.runID)), ("id", .string(removal.name)),
      (
        "repository",
        .object([
          ("id", .optional(removal.repositoryID)), ("config_sha256", .optional(removal.configSHA256)),
          ("location", .string(removal.location)),
        ])
      ),
      ("verdict", .string(removal.verdict)), ("ground", .string(removal.ground)),
      ("hostname", .optional(removal.record?.hostname)), ("username", .optional(removal.record?.username)),
      ("pid", .optional(removal.record?.pid)),
      ("exclusive", removal.record.map { .bool($0.isExclusive) } ?? .null),
      ("asked_by", .string(removal.askedBy)), ("outcome", .optional(removal.outcome?.rawValue)),
      ("outcome_reason", .optional(removal.outcomeReason)), ("restored", .bool(removal.isRestored)),
    ])
  }

  static func verification(_ history: JournalHistory, _ journal: Journal, _ problems: [String]) -> JSONValue {
    .object([
      ("message_type", .string("journal_verification")), ("schema_version", .integer(1)),
      ("path", .string(journal.path)), ("whole", .bool(problems.isEmpty)),
      ("lines", .integer(Int64(history.lineCount))), ("head", .optional(history.head?.hash)),
      ("problems", .strings(problems)),
      (
        "interruptions",
        .array(
          history.interruptions.map {
            .object([("bytes", .integer(Int64($0.byteCount))), ("sealed", .bool($0.isSealed))])
          })
      ),
    ])
  }
}

internal import ResticLocks

/// `show --json`: one object a lock, a line each.
enum ShowDocument {
  static func json(
    _ assessment: Assessment, purpose: LockPurpose?, of inspection: Inspection, version: ResticVersion
  ) -> JSONValue {
    .object([
      ("message_type", .string("lock")),
      ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(inspection)),
      ("lock", LockDocument(version: version).json(assessment, purpose: purpose)),
    ])
  }
}

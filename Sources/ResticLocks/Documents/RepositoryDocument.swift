internal import ResticFormat

/// The repository that an answer is about, as JSON.
package enum RepositoryDocument {
  package static func json(_ inspection: Inspection) -> JSONValue {
    .object([
      ("name", .optional(inspection.name)),
      ("id", .optional(inspection.config?.id)),
      ("config_sha256", .optional(inspection.configSHA256)),
      ("location", .string(inspection.location)),
      ("version", .optional(inspection.config.map { Int64($0.version) })),
    ])
  }

  /// Of a repository that could not be looked at.
  package static func json(name: String?, location: String) -> JSONValue {
    .object([
      ("name", .optional(name)), ("id", .null), ("config_sha256", .null), ("location", .string(location)),
      ("version", .null),
    ])
  }
}

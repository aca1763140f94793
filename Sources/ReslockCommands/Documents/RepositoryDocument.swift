internal import ResticFormat
internal import ResticLocks

/// The repository that an answer is about, as JSON.
enum RepositoryDocument {
  /// `name` is the one in the configuration.
  static func json(_ inspection: Inspection, name: String?) -> JSONValue {
    .object([
      ("name", .optional(name)),
      ("id", .optional(inspection.config?.id)),
      ("config_sha256", .optional(inspection.configSHA256)),
      ("location", .string(inspection.location)),
      ("version", .optional(inspection.config.map { Int64($0.version) })),
    ])
  }

  /// Of a repository that could not be looked at.
  static func json(name: String?, location: String) -> JSONValue {
    .object([
      ("name", .optional(name)), ("id", .null), ("config_sha256", .null), ("location", .string(location)),
      ("version", .null),
    ])
  }
}

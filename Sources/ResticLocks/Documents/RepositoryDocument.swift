internal import ResticFormat

/// The repository that an answer is about, as JSON.
package enum RepositoryDocument {
  package static func json(_ inspection: Inspection) -> JSONValue {
    .object([
      ("id", .optional(inspection.config?.id)),
      ("config_sha256", .optional(inspection.configSHA256)),
      ("location", .string(inspection.location)),
      ("version", .optional(inspection.config.map { Int64($0.version) })),
    ])
  }
}

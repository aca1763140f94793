internal import ResticLocks

/// `status --json`: everything that the text says, in one object.
enum StatusDocument {
  static func json(
    _ inspection: Inspection, _ summary: OperationSummary, version: ResticVersion
  ) -> JSONValue {
    .object([
      ("message_type", .string("status")),
      ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(inspection)),
      ("state", .string(state(inspection))),
      ("lock_count", .integer(Int64(inspection.assessments.count))),
      ("verdicts", verdicts(inspection)),
      ("locks", .array(inspection.assessments.map(LockDocument(version: version).json))),
      ("restic_version", .string(version.description)),
      (
        "forecasts",
        inspection.isComplete ? .array(summary.forecasts.map(OperationSummary.forecastJSON)) : .null
      ),
      ("vanished", .strings(inspection.vanishedNames)),
      ("advice", .strings(Advice(inspection).lines)),
    ])
  }

  private static func state(_ inspection: Inspection) -> String {
    if !inspection.isComplete { return "unknown" }
    return inspection.isFree ? "free" : "locked"
  }

  private static func verdicts(_ inspection: Inspection) -> JSONValue {
    .object(
      Verdict.allCases.map { verdict in
        (verdict.rawValue, .integer(Int64(inspection.assessments.count { $0.verdict == verdict })))
      })
  }
}

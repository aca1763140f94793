internal import ResticFormat
internal import ResticLocks

/// `check --json`: an object a repository.
enum CheckDocument {
  static func json(_ check: RepositoryCheck) -> JSONValue {
    let document = LockDocument(version: check.rules.version)
    return .object([
      ("message_type", .string("check")),
      ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(check.inspection)),
      ("exit_code", .integer(Int64(check.status.rawValue))),
      ("message", .string(CheckText(check: check).sentence)),
      (
        "operations",
        .array(
          check.checks.map {
            operation($0, isComplete: check.isComplete, isBorne: check.rules.bears($0))
          })
      ),
      ("needs_attention", check.isComplete ? .strings(check.attention.map(\.lock.name)) : .null),
      ("lock_count", .integer(Int64(check.lockCount))),
      ("stale_count", check.isComplete ? .integer(Int64(check.staleCount)) : .null),
      ("oldest_unrefreshed_seconds", .optional(check.oldestUnrefreshedSeconds)),
      ("warning_age_seconds", .number(check.rules.warningAgeSeconds)),
      ("critical_age_seconds", .number(check.rules.criticalAgeSeconds)),
      ("restic_version", .string(check.rules.version.description)),
      ("locks", .array(check.inspection.assessments.map(document.json))),
    ])
  }

  /// - Parameters:
  ///   - operation: what a look says of it.
  ///   - isComplete: whether the locks were opened.
  ///   - isBorne: whether the block is no fault.
  /// - Returns: an object.
  static func operation(_ operation: OperationCheck, isComplete: Bool, isBorne: Bool) -> JSONValue {
    let forecast = operation.forecast
    // Without the password a shared operation may be blocked or not.
    let isKnown = isComplete || !operation.isBlocked || forecast.lock == .exclusive
    return .object([
      ("operation", .string(operation.operation.name)),
      ("blocked", isKnown ? .bool(operation.isBlocked) : .null),
      (
        "blocked_by",
        .optional(isComplete ? operation.blockedBy?.rawValue : isKnown ? "unknown" : nil)
      ),
      ("borne", .bool(isComplete && operation.isBlocked && isBorne)),
      ("locks", isKnown ? .strings(operation.blockers.map(\.lock.name)) : .strings([])),
      ("held_seconds", .optional(operation.blockers.compactMap(\.heldSeconds).max())),
      ("exit_codes", .array(isKnown ? forecast.exitCodes.map { .integer(Int64($0)) } : [])),
      ("delay_seconds", isKnown ? .integer(Int64(forecast.delaySeconds)) : .null),
      ("ways_out", .strings(isKnown ? forecast.waysOut.map(\.jsonName) : [])),
    ])
  }
}

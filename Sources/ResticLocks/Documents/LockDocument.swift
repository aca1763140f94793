internal import HostFacts
package import ResticFormat
internal import WallTime

/// One lock as JSON: the core that every command's documents share (README, "JSON").
package struct LockDocument: Sendable {
  private let blocked: BlockedOperations<JSONValue>

  package init(version: ResticVersion) {
    blocked = BlockedOperations(version: version) { JSONValue.strings($0).writtenOut }
  }

  package func json(_ assessment: Assessment) -> JSONValue { json(assessment, purpose: assessment.purpose) }

  /// `purpose` may be what more than the assessment tells.
  package func json(_ assessment: Assessment, purpose: LockPurpose?) -> JSONValue {
    let lock = assessment.lock
    let age = assessment.evidence?.silence.age
    return .object([
      ("id", .string(lock.id?.hex ?? lock.name)),
      ("size", .integer(lock.byteCount)),
      ("modified", .optional(lock.modified?.rfc3339)),
      ("defect", Self.defect(lock)),
      ("time", .optional(lock.record?.time.text)),
      ("exclusive", lock.record.map { .bool($0.isExclusive) } ?? .null),
      ("hostname", .optional(lock.record?.hostname)),
      ("username", .optional(lock.record?.username)),
      ("pid", .optional(lock.record?.pid)),
      ("uid", .optional(lock.record.map { Int64($0.uid) })),
      ("gid", .optional(lock.record.map { Int64($0.gid) })),
      ("age_seconds", lock.record == nil ? .null : .optional(age?.seconds)),
      ("age_basis", lock.record == nil ? .null : .optional(age?.basis.rawValue)),
      ("age_uncertainty_seconds", lock.record == nil ? .null : .optional(age?.uncertaintySeconds)),
      ("verdict", .optional(assessment.verdict?.rawValue)),
      ("rule", .string(assessment.rule)),
      ("reasons", .strings(assessment.reasons)),
      ("stuck", .bool(assessment.isStuck)),
      ("next_change", Self.nextChange(assessment.nextChange)),
      ("purpose", Self.purpose(purpose)),
      ("evidence", assessment.evidence.map(EvidenceDocument.json) ?? .null),
      ("blocks", blocks(lock)),
    ])
  }

  private static func defect(_ lock: LockFile) -> JSONValue {
    guard let defect = lock.defect else { return .null }
    return .object([("kind", .string(defect.kind.jsonName)), ("message", .string(defect.message))])
  }

  private static func nextChange(_ change: NextChange?) -> JSONValue {
    guard let change else { return .null }
    return .object([
      ("verdict", .string(change.verdict.rawValue)), ("at", .string(change.at.rfc3339)),
      ("condition", .string(change.condition.rawValue)),
    ])
  }

  private static func purpose(_ purpose: LockPurpose?) -> JSONValue {
    guard let purpose else { return .null }
    return .object([
      ("operation", .string(purpose.operation)), ("confidence", .string(purpose.confidence.rawValue)),
      ("basis", .string(purpose.basis)),
    ])
  }

  /// Not known without the key: a shared lock blocks less than an exclusive one.
  private func blocks(_ lock: LockFile) -> JSONValue {
    lock.isUnopened ? .null : blocked.by(lock.obstacle)
  }
}

extension LockDefect.Kind {
  /// As DESIGN's JSON spells it.
  package var jsonName: String { self == .tooShort ? "too_short" : rawValue }
}

internal import HostFacts
internal import ResticFormat
package import ResticStorage
internal import WallTime

/// What became of one removed lock that was to be put back.
package struct RestorationOutcome: Sendable {
  package enum Kind: String, Sendable {
    case restored
    /// It is there: nothing to do.
    case alreadyThere = "already_there"
    case refused
    case failed
  }

  package let removal: JournalRemoval
  package let kind: Kind
  package let reason: String
}

/// Puts removed locks back under their names, with the bytes that the journal holds.
package struct LockRestorer: Sendable {
  let removal: any LockRemoval
  let writer: JournalWriter
  let surroundings: Surroundings

  package init(removal: any LockRemoval, writer: JournalWriter, surroundings: Surroundings) {
    self.removal = removal
    self.writer = writer
    self.surroundings = surroundings
  }

  /// - Parameters:
  ///   - removals: what the journal says was removed.
  ///   - inspection: a look at the repository now.
  ///   - isForced: whether locks taken since, and another repository's ID, are no hindrance.
  /// - Returns: an outcome for each, in order.
  /// - Throws: `JournalError` before anything was put back.
  package func restore(
    _ removals: [JournalRemoval], into inspection: Inspection, isForced: Bool
  ) async throws -> [RestorationOutcome] {
    let present = Set(inspection.assessments.map(\.lock.name))
    var outcomes: [RestorationOutcome] = []
    var wanted: [(removal: JournalRemoval, name: LockFileName, bytes: [UInt8])] = []
    for removal in removals {
      if present.contains(removal.name) {
        outcomes.append(RestorationOutcome(removal: removal, kind: .alreadyThere, reason: "it is there"))
      } else if let refusal = refusal(removal, inspection, isForced: isForced) {
        outcomes.append(RestorationOutcome(removal: removal, kind: .refused, reason: refusal))
      } else if let name = LockFileName(removal.name), let bytes = removal.bytes {
        wanted.append((removal, name, bytes))
      } else {
        outcomes.append(
          RestorationOutcome(
            removal: removal, kind: .failed, reason: "the journal's record of it is not whole"))
      }
    }
    guard !wanted.isEmpty else { return outcomes }
    let configSHA256 = inspection.configSHA256 ?? ""
    try writer.restoration(
      "restoration", wanted.map { ($0.name.text, nil, "") }, configSHA256: configSHA256,
      location: inspection.location, now: surroundings.clock.read().now)
    var done: [RestorationOutcome] = []
    for item in wanted { done.append(await restore(item.removal, item.name, item.bytes)) }
    try writer.restoration(
      "restored", done.map { ($0.removal.name, $0.kind.rawValue, $0.reason) }, configSHA256: configSHA256,
      location: inspection.location, now: surroundings.clock.read().now)
    return outcomes + done
  }

  private func restore(_ removal: JournalRemoval, _ name: LockFileName, _ bytes: [UInt8]) async
    -> RestorationOutcome
  {
    do {
      try await self.removal.restoreLock(name, content: bytes, modified: removal.modified)
      return RestorationOutcome(
        removal: removal, kind: .restored, reason: "its bytes are back under its name")
    } catch {
      return error.kind == .alreadyExists
        ? RestorationOutcome(removal: removal, kind: .alreadyThere, reason: "it is there")
        : RestorationOutcome(removal: removal, kind: .failed, reason: error.description)
    }
  }

  private func refusal(_ removal: JournalRemoval, _ inspection: Inspection, isForced: Bool) -> String? {
    guard removal.configSHA256 == inspection.configSHA256 else {
      return "it was removed from another repository (\(removal.location))"
    }
    let isMisnamed = removal.bytes.map { !Self.isNamed(removal.name, after: $0) } ?? true
    // A lock that was damaged when it was removed was never its own hash, and goes back as it was.
    if isMisnamed, removal.record != nil, removal.ground != RemovalDecision.Ground.damaged.rawValue {
      return "the bytes in the journal are not those of its name"
    }
    if isForced { return nil }
    let isExclusive = removal.record?.isExclusive ?? true
    let conflicting = inspection.assessments.filter { assessment in
      guard assessment.lock.id != nil, assessment.verdict != .empty else { return false }
      return isExclusive || assessment.lock.record?.isExclusive ?? true
    }
    guard let first = conflicting.first else { return nil }
    return
      "it conflicts with \(first.lock.id?.short ?? first.lock.name), which is there now; --force puts it back all the same"
  }

  private static func isNamed(_ name: String, after bytes: [UInt8]) -> Bool {
    ObjectID(hex: name).map { $0.isHash(of: bytes) } ?? true
  }
}

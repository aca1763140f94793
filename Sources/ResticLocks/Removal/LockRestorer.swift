internal import HostFacts
internal import ResticFormat
package import ResticStorage
internal import WallTime

/// What became of one removed lock that was to be put back.
package struct RestorationOutcome: Sendable {
  package enum Kind: String, Sendable {
    case restored
    /// It is back, and the journal could not be told.
    case restoredUnrecorded = "restored_unrecorded"
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
  ///   - earlier: what the journal knows of this repository; locks that it removed before, or in the same run, are no
  ///     hindrance when they are back, as they were there then.
  ///   - isForced: whether locks that conflict are no hindrance.
  /// - Returns: an outcome for each, in order.
  /// - Throws: `JournalError` before anything was put back.
  package func restore(
    _ removals: [JournalRemoval], into inspection: Inspection, earlier: [JournalRemoval] = [], isForced: Bool
  ) async throws -> [RestorationOutcome] {
    let present = Set(inspection.assessments.map(\.lock.name))
    var outcomes: [RestorationOutcome] = []
    var wanted: [(removal: JournalRemoval, name: LockFileName, bytes: [UInt8])] = []
    for removal in removals {
      if present.contains(removal.name) {
        outcomes.append(RestorationOutcome(removal: removal, kind: .alreadyThere, reason: "it is there"))
      } else if let refusal = refusal(removal, inspection, earlier, isForced: isForced) {
        outcomes.append(RestorationOutcome(removal: removal, kind: .refused, reason: refusal))
      } else if let name = LockFileName(removal.name), let bytes = removal.bytes {
        wanted.append((removal, name, bytes))
      } else {
        outcomes.append(
          RestorationOutcome(
            removal: removal, kind: .failed, reason: "the journal's record of it is not whole"))
      }
    }
    let configSHA256 = inspection.configSHA256 ?? ""
    // A run that was killed may have put them back and not told: a holder that goes on would be an alarm.
    let untold = outcomes.filter { $0.kind == .alreadyThere && !$0.removal.isRestored }
    if wanted.isEmpty, !untold.isEmpty {
      try writer.restoration(
        "restored", untold.map { ($0.removal.name, $0.kind.rawValue, $0.reason) }, configSHA256: configSHA256,
        location: inspection.location, now: surroundings.clock.read().now)
    }
    guard !wanted.isEmpty else { return outcomes }
    try writer.restoration(
      "restoration", wanted.map { ($0.name.text, nil, "") }, configSHA256: configSHA256,
      location: inspection.location, now: surroundings.clock.read().now)
    var done: [RestorationOutcome] = []
    for item in wanted { done.append(await restore(item.removal, item.name, item.bytes)) }
    do {
      try writer.restoration(
        "restored", (untold + done).map { ($0.removal.name, $0.kind.rawValue, $0.reason) },
        configSHA256: configSHA256,
        location: inspection.location, now: surroundings.clock.read().now)
    } catch {
      // They are back all the same, and that must be told.
      done = done.map {
        RestorationOutcome(
          removal: $0.removal, kind: $0.kind == .restored ? .restoredUnrecorded : $0.kind,
          reason: "\($0.reason); that could not be recorded: \(error)")
      }
    }
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

  private func refusal(
    _ removal: JournalRemoval, _ inspection: Inspection, _ earlier: [JournalRemoval], isForced: Bool
  ) -> String? {
    guard removal.isOf(inspection) else {
      return "it was removed from another repository (\(removal.location))"
    }
    // A file that was misnamed or damaged when it was removed was never its own hash, and goes back as it was.
    let wasSound = removal.record != nil && !removal.wasMisnamed
    if wasSound, !(removal.bytes.map { Self.isNamed(removal.name, after: $0) } ?? false) {
      return "the bytes in the journal are not those of its name"
    }
    // restic takes what an interrupted upload left for no lock.
    if isForced || LockFileName(removal.name)?.form == .temporary { return nil }
    let isExclusive = removal.record?.isExclusive ?? true
    let earlierNames = Set(
      earlier.filter { $0.sequence <= removal.sequence || $0.runID == removal.runID }.map(\.name))
    let conflicting = inspection.assessments.first { assessment in
      assessment.conflicts(withExclusive: isExclusive) && !earlierNames.contains(assessment.lock.name)
        && !removal.besideNames.contains(assessment.lock.name)
    }
    guard let conflicting else { return nil }
    return
      "it conflicts with \(conflicting.lock.id?.short ?? conflicting.lock.name), which was taken since; "
      + "--force puts it back all the same"
  }

  private static func isNamed(_ name: String, after bytes: [UInt8]) -> Bool {
    ObjectID(hex: name).map { $0.isHash(of: bytes) } ?? true
  }
}

extension Assessment {
  /// Whether restic would not have taken this lock and another of that kind side by side.
  func conflicts(withExclusive isExclusive: Bool) -> Bool {
    guard lock.id != nil, verdict != .empty else { return false }
    return isExclusive || lock.record?.isExclusive ?? true
  }
}

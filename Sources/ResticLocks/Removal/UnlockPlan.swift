internal import HostFacts
internal import ResticFormat
internal import ResticStorage
internal import WallTime

/// Which of the files of one look go, and why each of the others stays (DESIGN "Removing", step 1).
package struct UnlockPlan: Sendable {
  /// In the order of the look.
  package let decisions: [RemovalDecision]

  package init(_ inspection: Inspection, _ request: UnlockRequest) {
    let inTheWay = request.operation.map { operation in
      let forecast = try? Forecast.of(operation, obstacles: inspection.obstacles, version: request.version)
      return Set(forecast?.blockedBy.map(\.hex) ?? [])
    }
    decisions = inspection.assessments.map { assessment in
      let narrowed = request.leftBehind.flatMap {
        Self.narrowed($0.finding(on: assessment, among: inspection.assessments))
      }
      return RemovalDecision(
        assessment: assessment, kind: narrowed ?? Self.decide(assessment, request, inTheWay: inTheWay))
    }
  }

  private static func narrowed(_ finding: LeftLockRule.Finding) -> RemovalDecision.Kind? {
    switch finding {
    case .foreign(let reason): .notSelected(reason)
    case .unproven(let reason): .keep(reason)
    case .left: nil
    }
  }

  package var removals: [RemovalDecision] { decisions.filter { $0.ground != nil } }

  static func decide(
    _ assessment: Assessment, _ request: UnlockRequest, inTheWay: Set<String>?
  ) -> RemovalDecision.Kind {
    let kind = decideByVerdict(assessment, request, inTheWay: inTheWay)
    guard case .remove = kind, !assessment.lock.isRegularFile else { return kind }
    // What a link leads to would be recorded as the lock's bytes, and put back as a file in the link's place.
    return .keep(notRegular(assessment.lock.fileKind))
  }

  private static func decideByVerdict(
    _ assessment: Assessment, _ request: UnlockRequest, inTheWay: Set<String>?
  ) -> RemovalDecision.Kind {
    let name = assessment.lock.name
    guard request.selects(assessment) else { return .notSelected("the selection leaves it out") }
    if let inTheWay, let operation = request.operation, !inTheWay.contains(name) {
      return .notSelected("it is not in the way of \(operation.name)")
    }
    if request.forcedNames.contains(name) {
      return LockFileName(name) == nil ? .keep(notRemovable) : .remove(.forced)
    }
    if let halt = request.haltReason { return .keep(halt) }
    guard let verdict = assessment.verdict else {
      return .keep("it was not opened: telling whether its holder lives needs the password")
    }
    switch verdict {
    case .dead, .superseded, .expired: return gone(assessment, request)
    case .held, .fresh, .uncertain: return .keep(assessment.rule)
    case .unreadable: return .keep("its bytes can't be had, so nothing is known of its holder")
    case .empty, .damaged, .debris: return unsound(assessment, verdict, request)
    }
  }

  private static let notRemovable =
    "its name is not one of a lock or of an interrupted upload: remove it by hand"

  private static func notRegular(_ kind: FileEntry.Kind) -> String {
    let what =
      switch kind {
      case .symbolicLink: "a symbolic link"
      case .directory: "a folder"
      case .regular, .other: "no regular file"
      }
    return "it is \(what): remove it by hand"
  }

  private static func gone(_ assessment: Assessment, _ request: UnlockRequest) -> RemovalDecision.Kind {
    if request.followsResticRules { return .remove(.verdict) }
    guard LockFileName(assessment.lock.name)?.form == .lock, let evidence = assessment.evidence else {
      return .keep(notRemovable)
    }
    // A client that wakes from suspension writes a new lock and then looks for its old one.
    if evidence.lineage.siblings.contains(where: \.mayBeYoung) {
      return .keep("a lock of the same holder may be younger than 2 minutes")
    }
    let isExclusive = assessment.lock.record?.isExclusive ?? true
    if assessment.verdict != .dead, isExclusive, !evidence.host.isOurs, !request.isAttended,
      !evidence.silence.isObserved(beyond: LockTimings.staleSeconds)
    {
      return .keep(
        "an exclusive lock of another host is not removed unattended on the word of clocks: look again in half an "
          + "hour, watch it with --observe 31m, or say --yes")
    }
    return .remove(.verdict)
  }

  /// What restic fails on or ignores has no holder to ask; bytes that have not changed for long have none that writes.
  private static func unsound(
    _ assessment: Assessment, _ verdict: Verdict, _ request: UnlockRequest
  ) -> RemovalDecision.Kind {
    let lock = assessment.lock
    guard request.takesDamaged else { return .keep("it is \(verdict.rawValue): --damaged takes it") }
    guard let name = LockFileName(lock.name), verdict != .debris || name.form == .temporary else {
      return .keep(notRemovable)
    }
    // Sound to the key, so that a newer restic may know what it is.
    let isSealed = lock.defect?.kind == .json || lock.defect?.kind == .encoding
    let limitSeconds = isSealed ? LockTimings.singleBasisSeconds : LockTimings.staleSeconds
    guard let silence = assessment.silence, silence.isClaimed(beyond: limitSeconds) else {
      return .keep(
        "its bytes are not known to be unchanged for \(AgeText.text(seconds: limitSeconds)): it may still be being written"
      )
    }
    return .remove(.damaged)
  }
}

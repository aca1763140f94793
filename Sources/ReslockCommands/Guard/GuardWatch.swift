internal import HostFacts
internal import ProcessSupervision
internal import ResticLocks
internal import WallTime

/// Looks at the repository before a command and after it.
struct GuardWatch: Sendable {
  let repository: GuardedRepository
  let plan: GuardPlan
  let settings: GuardSettings
  let voice: GuardVoice

  enum Way: Sendable {
    /// The operation can run; these names are there already.
    case open(names: Set<String>)
    case blocked
    case interrupted
  }

  /// Looks, and waits and unlocks as far as that is allowed.
  ///
  /// - Throws: what hinders the look.
  func before() async throws -> Way {
    guard let operation = plan.strictest else { return .open(names: []) }
    return try await repository.access(needsPassword: true) { access in
      let unlocking = try repository.requestBefore(plan.version, unlocks: settings.unlocks).map { request in
        OperationWaiter.Unlocking(try repository.unlocker(access), request)
      }
      let waiter = OperationWaiter(
        session: access.session, surroundings: access.surroundings, unlocking: unlocking)
      var told: [String] = []
      let result = try await waiter.wait(
        .init(
          operation: operation, version: plan.version, timeoutSeconds: settings.waitSeconds,
          intervalSeconds: access.isRemote ? 5 : 1)
      ) { event in
        switch event {
        case .look(let look): tell(look, &told)
        case .unlocked(let report): tell(report)
        case .sightings(let sightings): for sighting in sightings { tell(sighting) }
        case .unlockFailed(let reason): voice.tell(.unlocked, "nothing could be removed: \(reason)")
        case .observation: break
        }
      }
      switch result.ending {
      case .canRun: return .open(names: Set(result.look.inspection.assessments.map(\.lock.name)))
      case .interrupted: return .interrupted
      case .timedOut, .alarm:
        voice.tell(.blocked, "\(operation.name) was not started: \(Self.holders(result.look.check))")
        return .blocked
      }
    }
  }

  /// Says who is waited for, once for each set of holders.
  private func tell(_ look: OperationWaiter.Look, _ told: inout [String]) {
    let blockers = look.check.blockers.map(\.lock.name)
    guard look.check.isBlocked, settings.waitSeconds > 0, blockers != told else { return }
    told = blockers
    voice.tell(
      .waiting,
      "waiting up to \(AgeText.text(seconds: look.secondsLeft)) for \(look.check.operation.name): "
        + Self.holders(look.check))
  }

  /// `blocked by 67a154bb (exclusive, root@web1, PID 812, held)`.
  static func holders(_ check: OperationCheck) -> String {
    let shown = check.blockers.prefix(3).map { blocker -> String in
      let id = HolderText.shortID(blocker.lock)
      guard let record = blocker.lock.record else { return "\(id) (\(HolderText.verdict(blocker)))" }
      return
        "\(id) (\(HolderText.kind(blocker.lock)), \(HolderText.holder(record)), refreshed "
        + "\(HolderText.age(blocker)) ago, \(HolderText.verdict(blocker)))"
    }
    let more = check.blockers.count - shown.count
    return "blocked by " + shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  private func tell(_ report: UnlockReport) {
    for outcome in report.outcomes where outcome.kind == .removed || outcome.kind == .failed {
      let id = HolderText.shortID(outcome.assessment.lock)
      voice.tell(
        .unlocked, "\(outcome.kind.rawValue) \(id): \(outcome.reason)", lock: outcome.assessment.lock.name)
    }
    for sighting in report.sightings { tell(sighting) }
  }

  private func tell(_ sighting: HolderSighting) {
    guard sighting.kind == .alarm else { return }
    voice.tell(
      .alarm,
      "ALARM: the holder of \(sighting.removedName.prefix(8)), which was removed, wrote "
        + "\(HolderText.shortID(sighting.newLock.lock)): \(sighting.reason)", lock: sighting.newLock.lock.name
    )
  }

  /// Removes what the command left, if that is proven; says of every other lock that it may have left why it stays.
  func after(_ end: CommandEnd, earlierNames: Set<String>) async throws {
    guard !end.endedByItself, !plan.exclusivities.isEmpty else { return }
    guard try await !repository.lockNames().isSubset(of: earlierNames) else { return }
    try await repository.access(needsPassword: true) { access in
      let inspection = try await access.session.look(identifies: true)
      var request = repository.request(plan.version)
      request.leftBehind = LeftLockRule(
        hostName: repository.context.surroundings.host.hostName, earlierNames: earlierNames,
        reaped: Dictionary(end.reaped.map { ($0.pid, $0.userID) }) { $1 }, exclusivities: plan.exclusivities)
      let unlocker = try repository.unlocker(access)
      if try unlocker.earlierSightings(in: inspection).contains(where: { $0.kind == .alarm }) {
        request.haltReason = "the holder of a lock that was removed before was seen alive"
      }
      let report = try await unlocker.run(inspection, request)
      for outcome in report.outcomes { tell(left: outcome) }
      for sighting in report.sightings { tell(sighting) }
      for trouble in report.troubles { voice.tell(.leftUnknown, trouble) }
    }
  }

  private func tell(left outcome: LockOutcome) {
    if case .notSelected = outcome.decision.kind { return }
    let lock = outcome.assessment.lock
    let id = HolderText.shortID(lock)
    let kind = lock.record == nil ? "" : "\(HolderText.kind(lock)) "
    switch outcome.kind {
    case .removed:
      voice.tell(
        .leftRemoved, "removed the \(kind)lock \(id) that the command left: \(outcome.reason)",
        lock: lock.name)
    case .kept, .failed:
      voice.tell(
        .leftKept,
        "the command may have left the \(kind)lock \(id), and it stays: \(outcome.reason); "
          + "reslock show \(id) tells more", lock: lock.name)
    case .vanished: break
    }
  }
}

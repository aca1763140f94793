internal import ArgumentParser
internal import ResticInputs
internal import ResticLocks

/// `restic unlock`, answered by reslock's own rules and in the shape of restic's answers.
struct ShimUnlock {
  let line: ResticCommandLine
  let context: CommandContext

  func run() async -> Int32 {
    guard !line.isRemovingAll else {
      StandardStreams.tell(
        "Fatal: unlock --remove-all would remove locks of living processes too, and reslock, which is called restic here, "
          + "refuses it; RESLOCK_SHIM_UNLOCK=pass hands it on to restic")
      return ExitStatus.failed.rawValue
    }
    do {
      return try await Interruption.cancelling(Task { try await unlock() })
    } catch {
      let failure = CommandFailure(error)
      StandardStreams.tell("Fatal: \(TerminalText.escaped(failure.message))")
      // restic has no code of its own for wrong usage.
      return (failure.status == .usage ? ExitStatus.failed : failure.status).rawValue
    }
  }

  private func unlock() async throws -> Int32 {
    let repository = try GuardedRepository(
      line, options: .parse([]), judgement: .parse([]), journal: .parse([]), context: context)
    // Here nobody else reads the password.
    let look = RepositoryLook(
      target: repository.target, context: context, isMany: false,
      keyGate: Gate(width: CommandContext.coreCount))
    return try await repository.options.withAccess(
      look, repository.judgement, .parse([]), locksNeedPassword: true, remark: { _ in }
    ) { access in
      let inspection = try await access.session.look(identifies: true)
      let unlocker = try repository.unlocker(access)
      var request = UnlockRequest()
      let earlier = try unlocker.earlierSightings(in: inspection)
      if earlier.contains(where: { $0.kind == .alarm }) {
        request.haltReason = "the holder of a lock that was removed before was seen alive"
      }
      var report = try await unlocker.run(inspection, request)
      report.sightings = earlier + report.sightings
      return try answer(report)
    }
  }

  /// restic says how many went, and nothing where none did; why the others stayed goes to standard error.
  private func answer(_ report: UnlockReport) throws -> Int32 {
    let removed = report.count(.removed)
    if removed > 0, !line.isQuiet, !line.isJSON {
      try StandardStreams.writeAnswer("successfully removed \(removed) locks\n")
    }
    for outcome in report.outcomes where outcome.kind == .kept || outcome.kind == .failed {
      let lock = outcome.assessment.lock
      let holder = lock.record.map { " of \(HolderText.holder($0))" } ?? ""
      let id = HolderText.shortID(lock)
      let text = "\(outcome.kind.rawValue) lock \(id)\(holder): \(outcome.reason)"
      StandardStreams.tell("reslock: \(TerminalText.escaped(text))")
    }
    let text = UnlockText(
      report: report, journal: nil, operation: nil, version: .newest, terminal: context.terminal,
      isQuiet: line.isQuiet)
    for warning in text.warnings() { StandardStreams.tell("reslock: \(warning)") }
    // A lock that can't be read does not make restic's unlock fail.
    let isFailure = report.hasAlarm || report.count(.failed) > 0 || !report.troubles.isEmpty
    if report.wasInterrupted { return ExitStatus.interrupted.rawValue }
    return isFailure ? ExitStatus.failed.rawValue : ExitStatus.done.rawValue
  }
}

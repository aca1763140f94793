internal import ArgumentParser
internal import ProcessSupervision
internal import ResticInputs
internal import ResticLocks

/// reslock under the name of restic: the real restic, guarded, for programs that know restic alone.
///
/// All arguments go to the real one, and nothing is added to its standard output. Whatever goes wrong here, restic runs: a
/// guard that fails must not be what stops backups.
struct ResticShim {
  private let start: ProgramStart
  private let line: ResticCommandLine
  private let context = CommandContext.system()
  private let voice = GuardVoice()

  init(_ start: ProgramStart) {
    self.start = start
    line = ResticCommandLine(start.arguments)
  }

  /// Returns the exit code; restic that needs no guard takes the place of this process instead.
  func run() async -> Int32 {
    do {
      let answersUnlock = try Self.answersUnlock(context.environment)
      if line.isUnlock, answersUnlock { return await ShimUnlock(line: line, context: context).run() }
      let restic = try RealRestic.find(context.environment)
      let program = CommandProgram(path: restic, arguments: [restic] + start.arguments)
      let settings = try GuardSettings(context.environment)
      return try await guarded(program, settings)
    } catch {
      let failure = CommandFailure(error)
      failure.tell(asJSON: false)
      return GuardExit.code(of: error)
    }
  }

  private static func answersUnlock(_ environment: Environment) throws -> Bool {
    switch environment["RESLOCK_SHIM_UNLOCK"] {
    case nil, "safe": return true
    case "pass": return false
    default: throw InputError(.usage, "RESLOCK_SHIM_UNLOCK takes safe or pass")
    }
  }

  private func guarded(_ program: CommandProgram, _ settings: GuardSettings) async throws -> Int32 {
    let plan = GuardPlan(operations: [line.operation].compactMap(\.self), version: .newest)
    let run = GuardRun(program: program, inherited: start.signals, settings: settings, voice: voice)
    guard plan.strictest != nil else {
      if settings.timeoutSeconds == nil {
        try program.replaceOurselves(start.signals) { Interruption.hasCome }
      }
      return try await run.run(nil, earlierNames: [])
    }
    guard let (watch, names) = try await watched(plan, settings) else {
      if settings.timeoutSeconds == nil {
        try program.replaceOurselves(start.signals) { Interruption.hasCome }
      }
      return try await run.run(nil, earlierNames: [])
    }
    return try await run.run(watch, earlierNames: names)
  }

  /// `nil` where the repository can't be watched, which is said unless restic itself will say it.
  private func watched(
    _ plan: GuardPlan, _ settings: GuardSettings
  ) async throws -> (GuardWatch, Set<String>)? {
    do {
      let watch = GuardWatch(
        repository: try GuardedRepository(
          line, options: .parse([]), judgement: .parse([]), journal: .parse([]), context: context),
        plan: plan, settings: settings, voice: voice)
      guard settings.preparesWay else { return (watch, try await watch.repository.lockNames()) }
      switch try await Interruption.cancelling(Task { try await watch.before() }) {
      case .open(let names): return (watch, names)
      // restic says in its own words what is in the way, and may itself wait (--retry-lock).
      case .blocked: return (watch, try await watch.repository.lockNames())
      case .interrupted: throw CancellationError()
      }
    } catch {
      if case .noRepository = error as? RepositoryError { return nil }
      // Who interrupts the look wants no restic to be started after it.
      if CommandFailure(error).status == .interrupted { throw error }
      return notWatched(error)
    }
  }

  private func notWatched(_ error: any Error) -> (GuardWatch, Set<String>)? {
    voice.tell(.unwatched, "the repository is not watched: \(CommandFailure(error).message)")
    return nil
  }
}

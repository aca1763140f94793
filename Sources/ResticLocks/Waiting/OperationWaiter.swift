internal import HostFacts
internal import ResticFormat
internal import ResticStorage
internal import WallTime

/// Waits until restic can run an operation, at one listing a look, and clears the way where that is allowed.
package struct OperationWaiter: Sendable {
  package struct Settings: Sendable {
    package var operation: ResticOperation
    package var version: ResticVersion
    /// 0 for a single look.
    package var timeoutSeconds: Double
    package var intervalSeconds: Double

    package init(
      operation: ResticOperation, version: ResticVersion = .newest, timeoutSeconds: Double,
      intervalSeconds: Double = 1
    ) {
      self.operation = operation
      self.version = version
      self.timeoutSeconds = timeoutSeconds
      self.intervalSeconds = intervalSeconds
    }
  }

  /// Removes what is in the way and whose holder is gone, as `reslock unlock --for` does.
  package struct Unlocking: Sendable {
    let unlocker: Unlocker
    let request: UnlockRequest

    /// - Parameters:
    ///   - unlocker: with the session that the waiter looks through.
    ///   - request: what may go; the operation and its version are set by the waiter.
    package init(_ unlocker: Unlocker, _ request: UnlockRequest) {
      self.unlocker = unlocker
      self.request = request
    }
  }

  package enum Ending: String, Sendable {
    case canRun = "can_run"
    case timedOut = "timed_out"
    case interrupted
    /// The holder of a lock that was removed lives: nothing more was removed, and nothing should be started.
    case alarm
  }

  /// What one look says of the operation.
  package struct Look: Sendable {
    package let inspection: Inspection
    package let check: OperationCheck
    package let waitedSeconds: Double
    package let secondsLeft: Double
  }

  package enum Event: Sendable {
    case look(Look)
    case observation(ObservationEvent)
    case unlocked(UnlockReport)
    /// Holders of locks that an earlier run removed, and that write all the same.
    case sightings([HolderSighting])
    /// A run of the unlocker failed before it removed anything; the wait goes on.
    case unlockFailed(String)
  }

  package struct Result: Sendable {
    package let ending: Ending
    package let look: Look
    /// One for each time that something was to be removed.
    package let unlockReports: [UnlockReport]
    package let sightings: [HolderSighting]
  }

  let session: RepositorySession
  let surroundings: Surroundings
  let unlocking: Unlocking?

  package init(session: RepositorySession, surroundings: Surroundings, unlocking: Unlocking? = nil) {
    self.session = session
    self.surroundings = surroundings
    self.unlocking = unlocking
  }

  /// Waits until the operation can run, the time is over, or the task is cancelled.
  ///
  /// - Parameters:
  ///   - settings: what is waited for, and how long.
  ///   - onEvent: told each look and what happened between two.
  /// - Returns: the last look, and why the wait ended; an operation that is still blocked is no error.
  /// - Throws: ``RepositoryError`` for what hinders the first look or the last, ``ResticOperationError`` where the
  ///   version lacks the operation, `JournalError` where a removal can't be recorded.
  package func wait(
    _ settings: Settings, onEvent: (Event) async -> Void = { _ in }
  ) async throws -> Result {
    _ = try settings.operation.lock(in: settings.version)
    var state = State(startSeconds: sinceBoot())
    let observer = LockObserver(session: session, surroundings: surroundings)
    var watch = LockObserver.Settings(
      seconds: settings.timeoutSeconds, intervalSeconds: settings.intervalSeconds)
    watch.endsWhenDecided = false
    do {
      let result = try await observer.watch(
        watch, onEvent: { await onEvent(.observation($0)) },
        isDone: { try await isDone($0, settings, &state, onEvent) })
      guard let look = state.look else { throw RepositoryError.cancelled }
      // An old look can't say that the way is still blocked.
      if let failure = result.failure, state.ending == nil { throw failure }
      return state.result(state.ending ?? (result.wasInterrupted ? .interrupted : .timedOut), look)
    } catch  where Task.isCancelled {
      guard let look = state.look else { throw RepositoryError.cancelled }
      return state.result(.interrupted, look)
    }
  }

  /// What one wait knows as it goes on.
  private struct State {
    let startSeconds: Double
    var look: Look?
    var ending: Ending?
    var reports: [UnlockReport] = []
    var sightings: [HolderSighting] = []
    /// When a lock that was to go and stayed was tried last, by name.
    var triedAtSeconds: [String: Double] = [:]
    /// The locks that were there after the last removal, and those that were seen since.
    var namesSinceRemoval: Set<String>?

    func result(_ ending: Ending, _ look: Look) -> Result {
      Result(ending: ending, look: look, unlockReports: reports, sightings: sightings)
    }
  }

  /// A lock that could not be removed is not tried at every look, as each try is written into the journal.
  private static let retrySeconds: Double = 300

  private func sinceBoot() -> Double { surroundings.clock.read().sinceBootSeconds }

  private func isDone(
    _ inspection: Inspection, _ settings: Settings, _ state: inout State, _ onEvent: (Event) async -> Void
  ) async throws -> Bool {
    if try await take(inspection, settings, &state, onEvent) { return true }
    guard let report = try await unlock(inspection, settings, &state, onEvent) else {
      return state.ending != nil
    }
    state.reports.append(report)
    await onEvent(.unlocked(report))
    let isRunning = try await take(report.final, settings, &state, onEvent)
    guard report.hasAlarm else { return isRunning }
    state.ending = .alarm
    return true
  }

  /// Takes a look for the newest, and says whether the operation can run by it.
  private func take(
    _ inspection: Inspection, _ settings: Settings, _ state: inout State, _ onEvent: (Event) async -> Void
  ) async throws -> Bool {
    // A lock that was not opened may block or not.
    guard inspection.isComplete else { throw RepositoryError.noPassword }
    let check = try OperationCheck(settings.operation, in: inspection, version: settings.version)
    let waited = sinceBoot() - state.startSeconds
    let look = Look(
      inspection: inspection, check: check, waitedSeconds: waited,
      secondsLeft: max(0, settings.timeoutSeconds - waited))
    state.look = look
    await onEvent(.look(look))
    state.ending = check.isBlocked ? nil : .canRun
    return !check.isBlocked
  }

  /// - Returns: `nil` where there is nothing to remove, or nothing could be begun.
  private func unlock(
    _ inspection: Inspection, _ settings: Settings, _ state: inout State, _ onEvent: (Event) async -> Void
  ) async throws -> UnlockReport? {
    guard let unlocking else { return nil }
    let now = sinceBoot()
    let names = Set(inspection.assessments.map(\.lock.name))
    let hasNewcomers = state.namesSinceRemoval.map { !names.isSubset(of: $0) } ?? false
    state.namesSinceRemoval?.formUnion(names)
    let early = Set(state.triedAtSeconds.filter { now - $0.value < Self.retrySeconds }.keys)
    var request = unlocking.request
    let selects = request.selects
    request.selects = { selects($0) && !early.contains($0.lock.name) }
    request.operation = settings.operation
    request.version = settings.version
    let targets = UnlockPlan(inspection, request).removals.map(\.assessment.lock.name)
    guard !targets.isEmpty || hasNewcomers, !Task.isCancelled else { return nil }
    let sightings = try unlocking.unlocker.earlierSightings(in: inspection)
    if !sightings.isEmpty {
      state.sightings += sightings
      await onEvent(.sightings(sightings))
    }
    if sightings.contains(where: { $0.kind == .alarm }) {
      state.ending = .alarm
      return nil
    }
    guard !targets.isEmpty else { return nil }
    do {
      let report = try await unlocking.unlocker.run(inspection, request)
      let removed = Set(report.outcomes.filter { $0.kind == .removed }.map(\.assessment.lock.name))
      state.namesSinceRemoval = Set(report.final.assessments.map(\.lock.name))
      for name in targets where !removed.contains(name) { state.triedAtSeconds[name] = now }
      return report
    } catch let error as JournalError {
      throw error
    } catch  where !Task.isCancelled {
      for name in targets { state.triedAtSeconds[name] = now }
      await onEvent(.unlockFailed("\(error)"))
      return nil
    }
  }
}

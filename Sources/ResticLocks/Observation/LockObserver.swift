internal import HostFacts
internal import ResticFormat
internal import ResticStorage
internal import WallTime

/// Watches a repository's locks by a clock that nobody can set, one listing a poll.
package struct LockObserver: Sendable {
  package struct Settings: Sendable {
    package var seconds: Double
    package var intervalSeconds: Double
    /// Ends when time can decide nothing more.
    package var endsWhenDecided = true

    package init(seconds: Double, intervalSeconds: Double = 10) {
      self.seconds = seconds
      self.intervalSeconds = intervalSeconds
    }
  }

  /// How a watch ended.
  package struct Result: Sendable {
    package let inspection: Inspection
    package let isDecided: Bool
    package let wasInterrupted: Bool
    /// Why the very last look failed, so that `inspection` is older than the end of the watch; `nil` as a rule.
    package var failure: RepositoryError?
  }

  let session: RepositorySession
  let surroundings: Surroundings

  /// A longer time without a look starts the silence anew.
  package static let gapSeconds: Double = 60

  package init(session: RepositorySession, surroundings: Surroundings) {
    self.session = session
    self.surroundings = surroundings
  }

  /// Watches until the time is over, everything is decided, the caller has enough, or the task is cancelled.
  ///
  /// - Parameters:
  ///   - settings: how long, and how often a look is taken.
  ///   - onLook: told each look, and the seconds that are left.
  ///   - onEvent: told each event as it is seen.
  ///   - isDone: asked after each look whether the watch may end; it may take its time, and look itself.
  /// - Returns: the last look, and why the watch ended.
  /// - Throws: what hinders the first look, `noRepository` whenever the repository goes, and what `isDone` throws
  ///   beside a look that failed.
  package func watch(
    _ settings: Settings, onLook: (Inspection, Double) async -> Void = { _, _ in },
    onEvent: (ObservationEvent) async -> Void = { _ in },
    isDone: (Inspection) async throws -> Bool = { _ in false }
  ) async throws -> Result {
    var last = try await session.look(identifies: true)
    var lastSeconds = sinceBoot()
    let end = lastSeconds + settings.seconds
    var overdue: Set<String> = []
    var failure: RepositoryError?
    await onLook(last, max(0, end - lastSeconds))
    if try await isDone(last) {
      return Result(inspection: last, isDecided: Self.isDecided(last), wasInterrupted: false)
    }
    while !(settings.endsWhenDecided && Self.isDecided(last)), sinceBoot() < end {
      do {
        try await surroundings.sleep(.seconds(min(settings.intervalSeconds, max(0.05, end - sinceBoot()))))
      } catch {
        return Result(inspection: last, isDecided: Self.isDecided(last), wasInterrupted: true)
      }
      do {
        if sinceBoot() - lastSeconds > Self.gapSeconds { await session.restartObservation() }
        var next = try await session.look(identifies: true)
        let silentSeconds = sinceBoot() - lastSeconds
        if silentSeconds > Self.gapSeconds {
          await onEvent(
            event(
              .gap,
              text:
                "nothing was seen for \(AgeText.text(seconds: silentSeconds)): the silence counts from now"))
          // The machine may have slept while it looked, and the holders with it.
          await session.restartObservation()
          next = try await session.look(identifies: true)
        }
        lastSeconds = sinceBoot()
        for event in events(from: last, to: next, overdue: &overdue) { await onEvent(event) }
        last = next
        failure = nil
        await onLook(last, max(0, end - lastSeconds))
        if try await isDone(last) { break }
      } catch let error as RepositoryError {
        switch error {
        case .notReadable:
          failure = error
          await onEvent(event(.pollFailed, text: error.description))
        default: throw error
        }
      }
    }
    return Result(
      inspection: last, isDecided: Self.isDecided(last), wasInterrupted: false, failure: failure)
  }

  /// Whether no lock is left about which more watching could tell something.
  static func isDecided(_ inspection: Inspection) -> Bool {
    inspection.assessments.allSatisfy { $0.verdict != .fresh && $0.verdict != .uncertain }
  }

  private func sinceBoot() -> Double { surroundings.clock.read().sinceBootSeconds }

  private func event(
    _ kind: ObservationEvent.Kind, _ assessment: Assessment? = nil, replaced: String? = nil, text: String
  ) -> ObservationEvent {
    ObservationEvent(
      kind: kind, time: surroundings.clock.read().now, assessment: assessment, replacedName: replaced,
      text: text)
  }

  private func events(
    from old: Inspection, to new: Inspection, overdue: inout Set<String>
  ) -> [ObservationEvent] {
    let oldByName = Dictionary(old.assessments.map { ($0.lock.name, $0) }) { first, _ in first }
    let newNames = Set(new.assessments.map(\.lock.name))
    var gone = old.assessments.filter { !newNames.contains($0.lock.name) }
    var events: [ObservationEvent] = []
    for assessment in new.assessments {
      if let before = oldByName[assessment.lock.name] {
        if before.verdict != assessment.verdict {
          events.append(
            event(
              .verdict, assessment,
              text: "\(Self.word(before)) before, \(Self.word(assessment)) now: \(assessment.rule)"))
        }
      } else if assessment.evidence?.lineage.refreshSeenSecondsAgo != nil,
        let key = assessment.lock.lineageKey
      {
        let replaced = gone.firstIndex { $0.lock.lineageKey == key }.map {
          gone.remove(at: $0).lock.name
        }
        events.append(
          event(.refreshed, assessment, replaced: replaced, text: "its holder lives: it refreshed its lock"))
      } else {
        events.append(event(.new, assessment, text: "it was not there before"))
      }
      if let silence = assessment.silence, silence.isObserved(beyond: LockTimings.refreshDeadlineSeconds),
        assessment.lock.record != nil, overdue.insert(assessment.lock.name).inserted
      {
        events.append(event(.overdue, assessment, text: Self.overdueText))
      }
    }
    return events + gone.map { event(.gone, $0, text: "it is gone, and its holder wrote no other") }
  }

  private static let overdueText =
    "it was not refreshed for 22.5 minutes: restic 0.15 and later have stopped their work by now (0.16 and later take it "
    + "up again while their lock is there), older ones go on without a lock"

  private static func word(_ assessment: Assessment) -> String {
    assessment.verdict?.rawValue ?? "not opened"
  }
}

internal import HostFacts
internal import ResticFormat

/// Whether an operation can run in a repository that was looked at, and who stands in its way.
package struct OperationCheck: Sendable {
  package let forecast: Forecast
  /// The locks in the way, in the order of the look.
  package let blockers: [Assessment]

  /// - Throws: ``ResticOperationError`` where this version lacks the operation or refuses its flags.
  package init(
    _ operation: ResticOperation, in inspection: Inspection, version: ResticVersion = .newest
  ) throws(ResticOperationError) {
    let forecast = try Forecast.of(operation, obstacles: inspection.obstacles, version: version)
    self.forecast = forecast
    let ids = Set(forecast.blockedBy)
    blockers =
      ids.isEmpty ? [] : inspection.assessments.filter { $0.lock.id.map(ids.contains) ?? false }
  }

  package var operation: ResticOperation { forecast.operation }
  package var isBlocked: Bool { forecast.isBlocked }

  /// Who blocks it: one living holder is waited for whoever else there is, and one unknown speaks against unlocking.
  ///
  /// `nil` where it can run.
  package var blockedBy: HolderLife? {
    guard isBlocked else { return nil }
    let lives = Set(blockers.map(\.holderLife))
    if lives.contains(.live) { return .live }
    return lives == [.dead] ? .dead : .unknown
  }

  /// Whether only living holders that do what living holders do, for less than `seconds`, are in the way.
  package func isBlockedOnlyByLife(youngerThan seconds: Double) -> Bool {
    isBlocked && blockers.allSatisfy { $0.holderLife == .live && ($0.heldSeconds ?? 0) < seconds }
  }
}

/// What is known of a lock's holder, in one word.
package enum HolderLife: String, Sendable, CaseIterable {
  /// It lives, or nothing speaks against it.
  case live
  /// It is gone: what `unlock` removes.
  case dead
  /// Nobody knows, or there is no lock to read.
  case unknown
}

extension Assessment {
  package var holderLife: HolderLife {
    switch verdict {
    case .held, .fresh: .live
    case .dead, .superseded, .expired: .dead
    case .uncertain, .unreadable, .damaged, .empty, .debris, nil: .unknown
    }
  }

  /// Whether a person should look at it, although it may be in nobody's way.
  package var needsAttention: Bool {
    switch verdict {
    case .dead, .superseded, .expired, .uncertain, .damaged, .unreadable: true
    case .held, .fresh, .empty, .debris, nil: isStuck
    }
  }

  /// The longest time that the lock is known to have been held: since its last refresh, since we first saw its holder
  /// with a lock, or since its process started where that runs here; `nil` where nothing tells.
  package var heldSeconds: Double? {
    let running = holderLife == .live ? evidence?.process.holder?.runningSeconds : nil
    return [silence?.age?.seconds, evidence?.lineage.firstSeenSecondsAgo, running].compactMap { $0 }.max()
  }
}

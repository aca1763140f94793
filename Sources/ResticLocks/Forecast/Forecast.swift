package import ResticFormat

/// Whether an operation would run now, and which locks stand in its way.
package struct Forecast: Sendable, Hashable {
  package let operation: ResticOperation
  package let version: ResticVersion
  /// The lock that the operation takes in this version.
  package let lock: LockNeed
  /// Every lock in the way, in the order given.
  package let blockedBy: [ObjectID]
  /// The exits that restic may end with, ascending; `[0]` when the operation runs.
  ///
  /// More than one where the answer depends on the lock that restic loads first, which is not defined.
  package let exitCodes: [Int]
  /// The longest time restic takes to say no, in whole seconds: 35 where a lock that can't be loaded may decide.
  ///
  /// That is for damaged bytes and for missing or forbidden files. On an I/O error restic's storage layer retries for
  /// minutes at each attempt; and restic up to 0.14, which passes over a lock whose bytes can't be had, first spends
  /// about 95 s on it.
  package let delaySeconds: Int
  /// Shortest first; empty when the operation runs.
  package let waysOut: [WayOut]

  package var isBlocked: Bool { !blockedBy.isEmpty }

  /// What happens to `operation`, started now by restic `version` in a repository whose `locks/` holds `obstacles`.
  ///
  /// - Throws: ``ResticOperationError`` where this version lacks the operation or refuses its flags.
  package static func of(
    _ operation: ResticOperation, obstacles: [LockObstacle], version: ResticVersion = .newest
  ) throws(ResticOperationError) -> Forecast {
    let lock = try operation.lock(in: version)
    var blockedBy: [ObjectID] = []
    var conflicts = false
    var cannotLoad = false
    for obstacle in obstacles {
      switch ConflictCheck.effect(of: obstacle, on: lock, in: version) {
      case .none: break
      case .conflict(let id):
        blockedBy.append(id)
        conflicts = true
      case .unusable(let id):
        blockedBy.append(id)
        cannotLoad = true
      }
    }
    var exitCodes: Set<Int> = []
    if conflicts { exitCodes.insert(ConflictCheck.conflictExitCode.value(in: version)) }
    if cannotLoad { exitCodes.insert(ConflictCheck.unusableLockExitCode) }
    var waysOut: [WayOut] = []
    if !blockedBy.isEmpty, operation.canRunWithoutLock(in: version) { waysOut.append(.runWithoutLock) }
    if conflicts { waysOut.append(.waitOrUnlock) }
    if cannotLoad { waysOut.append(.removeDamaged) }
    return Forecast(
      operation: operation, version: version, lock: lock, blockedBy: blockedBy,
      exitCodes: exitCodes.isEmpty ? [0] : exitCodes.sorted(),
      delaySeconds: cannotLoad ? ConflictCheck.unusableLockDelaySeconds.value(in: version) : 0,
      waysOut: waysOut)
  }

  /// The operations of `version` that this one lock blocks, in the order of ``ResticOperation/all``.
  package static func operationsBlocked(
    by obstacle: LockObstacle, version: ResticVersion = .newest
  ) -> [ResticOperation] {
    ResticOperation.all(in: version).filter { operation in
      guard let lock = try? operation.lock(in: version) else { return false }
      return ConflictCheck.effect(of: obstacle, on: lock, in: version) != .none
    }
  }
}

internal import ResticFormat
package import WallTime

/// Looks for holders whose locks were removed, among the locks that came since.
package struct HolderWatch: Sendable {
  let removed: [RemovedHolder]
  let earlierNames: Set<String>
  /// What was told already, by removed and new name.
  private let told: Set<String>

  package init(removed: [RemovedHolder], earlierNames: Set<String>, known: [HolderSighting] = []) {
    self.init(
      removed: removed, earlierNames: earlierNames,
      toldPairs: known.map { ($0.removedName, $0.newLock.lock.name) })
  }

  package init(
    removed: [RemovedHolder], earlierNames: Set<String>, toldPairs: [(removed: String, seen: String)]
  ) {
    self.removed = removed
    self.earlierNames = earlierNames
    told = Set(toldPairs.map { "\($0.removed)/\($0.seen)" })
  }

  /// The newest removed lock of a holder speaks for all of them.
  package func sightings(in inspection: Inspection) -> [HolderSighting] {
    guard !removed.isEmpty else { return [] }
    let newest = Dictionary(removed.map { ($0.key, $0) }) { $0.lockTime < $1.lockTime ? $1 : $0 }
    return inspection.assessments.compactMap { assessment in
      guard let key = assessment.lock.lineageKey, let holder = newest[key],
        !told.contains("\(holder.name)/\(assessment.lock.name)")
      else { return nil }
      return holder.sighting(in: assessment, earlierNames: earlierNames)
    }
  }
}

extension JournalHistory {
  /// What an earlier run removed within the last hour and whose holder has written a lock since.
  package func sightings(in inspection: Inspection, now: UnixTime) -> [HolderSighting] {
    let recent = removals.filter { removal in
      removal.isOf(inspection) && removal.mayHaveRemoved && removal.wasNewestOfHolder && !removal.isRestored
        && abs(now.secondsSince(removal.time)) <= 3600
    }
    return recent.flatMap { removal -> [HolderSighting] in
      guard let holder = removal.holder else { return [] }
      // A newer lock of the holder may have been there beside the removed one.
      let earlierNames = Set(
        inspection.assessments.map(\.lock).filter { lock in
          guard let time = lock.record?.time.instant else { return true }
          return (lock.modified ?? time) <= removal.time
        }.map(\.name))
      return HolderWatch(
        removed: [holder], earlierNames: earlierNames, toldPairs: alarms.map { ($0.removed, $0.seen) }
      ).sightings(in: inspection)
    }
  }
}

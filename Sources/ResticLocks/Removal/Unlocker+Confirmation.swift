internal import HostFacts
internal import ResticFormat

extension Unlocker {
  /// Watches on for holders that live after all; the first alarm ends it.
  package func confirm(_ report: inout UnlockReport, seconds: Double, intervalSeconds: Double) async {
    let removed = report.outcomes.compactMap { outcome -> RemovedHolder? in
      guard outcome.kind == .removed, let record = outcome.assessment.lock.record else { return nil }
      return RemovedHolder(name: outcome.assessment.lock.name, record: record)
    }
    let earlierNames = Set(report.before.assessments.map(\.lock.name))
    let end = surroundings.clock.read().sinceBootSeconds + seconds
    while surroundings.clock.read().sinceBootSeconds < end, !report.hasAlarm {
      do {
        try await surroundings.sleep(.seconds(intervalSeconds))
        let look = try await session.look(identifies: true)
        report.after = look
        let watch = HolderWatch(removed: removed, earlierNames: earlierNames, known: report.sightings)
        for sighting in watch.sightings(in: look) {
          report.sightings.append(sighting)
          if let writer { report.head = try writer.record(sighting, in: look, now: now()) }
        }
      } catch is CancellationError {
        report.wasInterrupted = true
        return
      } catch let error as JournalError {
        report.troubles.append(error.description)
        return
      } catch {
        // A look that fails tells nothing; the next one may.
        continue
      }
    }
  }
}

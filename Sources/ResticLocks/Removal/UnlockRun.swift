internal import ResticFormat

/// What one run of `unlock` knows as it goes on.
struct UnlockRun: Sendable {
  let inspection: Inspection
  let request: UnlockRequest
  var removed: [RemovedHolder] = []
  var sightings: [HolderSighting] = []
  var troubles: [String] = []
  var head: JournalHead?
  let targetCount: Int
  var doneCount = 0
  let earlierNames: Set<String>
  /// The locks whose holders are looked for afterwards.
  let watchedNames: Set<String>
  /// The locks that stay and that could not have been taken beside those that go; not recorded yet.
  var besideNames: [String]

  init(inspection: Inspection, request: UnlockRequest, targets: [RemovalDecision]) {
    self.inspection = inspection
    self.request = request
    targetCount = targets.count
    let targetNames = Set(targets.map(\.assessment.lock.name))
    let removesExclusive = targets.contains { $0.assessment.lock.record?.isExclusive ?? true }
    besideNames = inspection.assessments.filter { assessment in
      assessment.conflicts(withExclusive: removesExclusive) && !targetNames.contains(assessment.lock.name)
    }.map(\.lock.name)
    earlierNames = Set(inspection.assessments.map(\.lock.name))
    watchedNames = RemovedHolder.newestNames(in: inspection)
  }

  var mustStop: Bool { sightings.contains { $0.kind == .alarm } }
  var stopReason: String {
    mustStop
      ? "a removed lock's holder was seen alive, so nothing more is removed"
      : "the run ended before its turn"
  }
}

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

  init(inspection: Inspection, request: UnlockRequest, targetCount: Int) {
    self.inspection = inspection
    self.request = request
    self.targetCount = targetCount
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

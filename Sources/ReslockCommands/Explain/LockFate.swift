internal import LockFailureLogs
internal import ResticFormat
internal import ResticLocks

/// What became of a lock that a log speaks of.
struct LockFate {
  enum State: String {
    /// A lock with one of the IDs in the log is there.
    case there
    /// Its holder wrote newer ones.
    case newer
    case gone
    /// The locks could not be opened, or the log does not say which lock it was.
    case unknown
  }

  let state: State
  let assessments: [Assessment]

  init(of group: LockFailureGroup, in inspection: Inspection) {
    let named = inspection.assessments.filter { assessment in
      group.lockIDs.contains { assessment.lock.name.hasPrefix($0) }
    }
    if !named.isEmpty {
      (state, assessments) = (.there, named)
      return
    }
    let ofHolder = inspection.assessments.filter { Self.isHeld($0.lock, by: group.holder) }
    if !ofHolder.isEmpty {
      (state, assessments) = (.newer, ofHolder)
      return
    }
    // Without its record a lock may be a newer one of that holder.
    let isCertain = inspection.isComplete && (group.holder != nil || !group.lockIDs.isEmpty)
    (state, assessments) = (isCertain ? .gone : .unknown, [])
  }

  private static func isHeld(_ lock: LockFile, by holder: LogHolder?) -> Bool {
    guard let holder, let record = lock.record else { return false }
    return record.hostname == holder.hostname && record.pid == holder.pid
      && record.username == holder.username && record.isExclusive == holder.isExclusive
      && holder.uid.map { $0 == Int64(record.uid) } ?? true
      && holder.gid.map { $0 == Int64(record.gid) } ?? true
  }

  /// One sentence without an end.
  var sentence: String {
    let locks = assessments.prefix(3).map { assessment in
      "\(HolderText.shortID(assessment.lock)) (\(HolderText.verdict(assessment)))"
    }.joined(separator: ", ")
    switch state {
    case .there: return "still there: \(locks)"
    case .newer: return "its holder has written newer ones: \(locks)"
    case .gone: return "gone"
    case .unknown: return "not known"
    }
  }
}

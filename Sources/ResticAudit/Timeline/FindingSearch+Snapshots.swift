internal import ResticFormat
internal import ResticLocks
internal import WallTime

extension FindingSearch {
  /// Snapshots that no lock protected, or that lie across what is known of theirs.
  func snapshots() -> [Finding] {
    var withoutLock: [(index: Int, confidence: Finding.Confidence, reason: String)] = []
    let loose = Set(timeline.looseSnapshots)
    let exclusive = runs.filter(\.isExclusive)
    for index in facts.snapshots.indices {
      if let verdict = lacksLock(index, isLoose: loose.contains(index), exclusive) {
        withoutLock.append((index, verdict.0, verdict.1))
      }
    }
    var found: [Finding] = []
    let groups = Dictionary(grouping: withoutLock) { item in
      let record = facts.snapshots[item.index].record
      return "\(record.username)@\(record.hostname) \(record.programVersion) \(item.confidence.rawValue)"
    }
    for key in groups.keys.sorted() {
      guard let group = groups[key], let first = group.first else { continue }
      let record = facts.snapshots[first.index].record
      let writer = "\(ReportText.short(record.username, 32))@\(ReportText.short(record.hostname, 40))"
      let program = record.programVersion.isEmpty ? "" : ", \(ReportText.short(record.programVersion, 40))"
      let spans = group.map { timeline.snapshotSpans[$0.index] }
      found.append(
        Finding(
          .snapshotWithoutLock, .warning, first.confidence,
          title:
            "\(ReportText.count(group.count, "snapshot was", "snapshots were")) written without a lock by \(writer)\(program)",
          explanation:
            "A writer that takes no lock is seen by nobody: a prune at the same time deletes what it relies on, and "
            + "no lock means no protection even when status says free.",
          evidence: Finding.limited(
            group.map { item in
              let (start, end) = timeline.snapshotSpans[item.index]
              let when =
                start == end
                ? ReportText.time(start) : "\(ReportText.time(start)) to \(ReportText.time(end))"
              return "snapshot \(facts.snapshots[item.index].id.short), \(when): \(item.reason)"
            }), snapshotIDs: group.map { facts.snapshots[$0.index].id.hex },
          from: spans.map(\.start).min(), to: spans.map(\.end).max()))
    }
    return Self.summed(found, "more writers took no lock") + across()
  }

  private func lacksLock(
    _ index: Int, isLoose: Bool, _ exclusive: [AuditRun]
  ) -> (Finding.Confidence, String)? {
    let snapshot = facts.snapshots[index]
    let (start, end) = timeline.snapshotSpans[index]
    if snapshot.record.programVersion.lowercased().hasPrefix("rustic") {
      return (
        .certain,
        "it was written by \(ReportText.short(snapshot.record.programVersion, 40)), and rustic takes no locks"
      )
    }
    guard isLoose else { return nil }
    if facts.history == .complete {
      return (.likely, "of all locks that ever were here, none of this host and user covers that time")
    }
    if let exclusive = exclusive.first(where: {
      $0.start <= start && end <= $0.lastSign
        && $0.record.hostname != snapshot.record.hostname
    }) {
      return (
        .likely, "\(exclusive.name) held the repository exclusively all that time (\(exclusive.holder))"
      )
    }
    // Taking and removing a lock changes the folder, by the same clock that dates the snapshot's file.
    if let change = facts.listing("locks")?.lastChange, let modified = snapshot.modified,
      modified.secondsSince(change) > 2, !timeline.clocks.fileTimesLookCopied,
      facts.configModified.map({ $0 <= change }) ?? true
    {
      return (
        .likely,
        "nothing was put into or taken out of locks/ since \(ReportText.time(change)), before it was written"
      )
    }
    return nil
  }

  private func across() -> [Finding] {
    let found = runs.flatMap { run in
      run.snapshots.filter { $0.relation == .across && run.removed == nil }.compactMap {
        snapshot -> Finding? in
        let (start, end) = timeline.snapshotSpans[snapshot.index]
        let late = end.secondsSince(run.lastSign)
        // Before its last refresh a run held locks that left nothing behind.
        guard facts.history == .complete || late > LockTimings.refreshDeadlineSeconds else { return nil }
        return Finding(
          .snapshotAcrossLock, .notice, facts.history == .complete ? .likely : .possible,
          title: "a snapshot lies outside the time its lock is known for",
          explanation: "The run worked for longer than its lock was refreshed.",
          evidence: [
            sentence(run),
            "snapshot \(facts.snapshots[snapshot.index].id.short): \(ReportText.time(start)) to \(ReportText.time(end))",
          ], lockNames: names(run).suffix(4), snapshotIDs: [facts.snapshots[snapshot.index].id.hex],
          from: start,
          to: end)
      }
    }
    return Self.summed(found, "more snapshots lie outside of the time their lock is known for")
  }

  /// Hosts whose clock the storage's file times contradict.
  func clocks() -> [Finding] {
    let skewed = timeline.clocks.skews.filter { abs($0.value.seconds) > HostClocks.toleranceSeconds }
    let agreeing = timeline.clocks.skews.count - skewed.count
    let found = skewed.sorted { $0.key < $1.key }.map { host, skew in
      let isSlow = skew.seconds > 0
      return Finding(
        .clockSkew, .warning, skew.sampleCount > 1 || agreeing > 0 ? .likely : .possible,
        title:
          "the clock of \(ReportText.short(host, 40)) is about \(ReportText.age(abs(skew.seconds))) \(isSlow ? "slow" : "fast")",
        explanation:
          "The times in its locks lie \(isSlow ? "before" : "after") the times at which the storage took them. "
          + (isSlow && skew.seconds > LockTimings.staleSeconds
            ? "Other hosts take its living locks for stale, and restic unlock removes them."
            : "Ages that other hosts work out for its locks are off by as much.")
          + " In this report its times are moved onto the storage's clock.",
        evidence: [
          "\(ReportText.count(skew.sampleCount, "lock", "locks")): the storage's time is "
            + "\(ReportText.age(skew.seconds)) after the time in the lock"
            + (skew.sampleCount > 1 ? ", within \(ReportText.age(max(skew.spreadSeconds, 1)))" : ""),
          agreeing > 0
            ? "\(ReportText.count(agreeing, "other host agrees", "other hosts agree")) with the storage's clock"
            : "no other host tells which of the two clocks is wrong",
        ], unknown: agreeing > 0 ? "" : "It may be the storage's clock that is wrong.",
        lockNames: Array(skew.lockNames.prefix(8)))
    }
    return Self.summed(found, "more hosts have a clock that does not agree with the storage's")
  }
}

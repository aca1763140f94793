internal import ResticFormat
internal import ResticLocks
internal import WallTime

extension FindingSearch {
  /// What our own journal says was removed.
  func removals() -> [Finding] {
    let done = facts.removals.filter(\.mayHaveRemoved)
    let risky = done.filter {
      $0.ground == "forced" && !["dead", "superseded", "expired", "debris"].contains($0.verdict)
    }
    let riskyIDs = Set(risky.map(\.sequence))
    var found = risky.prefix(Self.kindLimit).map { removal in
      Finding(
        .riskyRemoval, .warning, .certain,
        title: "a lock was removed by force although its holder may have lived",
        explanation:
          "The verdict was \(removal.verdict). If the holder went on, it did so without protection.",
        evidence: [line(removal)]
          + (removal.isRestored ? ["it was put back since"] : []),
        lockNames: [removal.name], from: removal.time, to: removal.time)
    }
    let others = done.filter { !riskyIDs.contains($0.sequence) }
    if let first = others.first, let last = others.last {
      found.append(
        Finding(
          .removal, .notice, .certain,
          title: "\(ReportText.count(others.count, "lock was", "locks were")) removed with reslock",
          explanation: "The journal has who asked for it and the bytes of each.",
          evidence: Finding.limited(others.map(line)),
          lockNames: others.prefix(Finding.evidenceLimit).map(\.name),
          from: first.time, to: last.time))
    }
    return found
  }

  private func line(_ removal: JournalRemoval) -> String {
    let holder = removal.record.map(ReportText.holder) ?? "no holder known"
    return "\(ReportText.time(removal.time)): \(ReportText.short(removal.name, 12)) of \(holder), verdict "
      + "\(ReportText.short(removal.verdict, 20)), ground \(ReportText.short(removal.ground, 20)), by "
      + ReportText.short(removal.askedBy, 60)
      + (removal.outcome == nil ? "; the run was interrupted before it could say what became of it" : "")
  }

  /// Holders that went on after their lock was gone.
  func continuations() -> [Finding] {
    var found: [Finding] = []
    let runsByHolder = Dictionary(grouping: runs, by: \.key)
    let seenByJournal = Dictionary(facts.alarms.map { ($0.removed, $0) }) { first, _ in first }
    for run in runs where found.count < Self.kindLimit {
      for sign in run.signs {
        let lock = locks[sign.lockIndex]
        guard let removed = lock.removed, removed.ground != .deletion || facts.history == .complete else {
          continue
        }
        if let finding = continuation(
          of: lock, removed, in: run, others: runsByHolder[run.key] ?? [], alarm: seenByJournal[lock.name])
        {
          found.append(finding)
          break
        }
      }
    }
    return found
  }

  private func continuation(
    of lock: AuditedLock, _ removed: AuditedLock.Removal, in run: AuditRun, others: [AuditRun],
    alarm: (removed: String, seen: String, time: UnixTime)?
  ) -> Finding? {
    var evidence = [
      "\(lock.shortName) was removed \(ReportText.time(removed.time))"
        + (removed.by.map { " by \(ReportText.short($0, 60))" } ?? "")
    ]
    var confidence: Finding.Confidence?
    var (lockNames, snapshotIDs, last) = ([lock.name], [String](), removed.time)
    // A deletion that the storage tells of is what each refresh ends with.
    if removed.ground != .deletion {
      if let alarm {
        confidence = .certain
        evidence.append(
          "\(ReportText.time(alarm.time)): reslock saw the holder write \(ReportText.short(alarm.seen, 12))")
        lockNames.append(alarm.seen)
        last = max(last, alarm.time)
      }
      let later = others.filter { $0.lastSign > removed.time }
        .flatMap(\.signs).filter { $0.time > removed.time && locks[$0.lockIndex].name != lock.name }
      if let next = later.first, next.time.secondsSince(removed.time) < AuditTimeline.sameProcessSeconds {
        let isRepeatable = run.key.pid <= AuditTimeline.highestRepeatedPID
        confidence = confidence ?? (isRepeatable ? .possible : .likely)
        evidence.append(
          "the same holder wrote \(locks[next.lockIndex].shortName) at \(ReportText.time(next.time))"
            + (isRepeatable ? "; PID \(run.key.pid) is one that containers use again and again" : ""))
        lockNames += later.prefix(4).map { locks[$0.lockIndex].name }
        last = max(last, next.time)
      }
    }
    for (index, _) in run.snapshots {
      let (start, end) = timeline.snapshotSpans[index]
      guard start <= removed.time, end.secondsSince(removed.time) > 2 else { continue }
      confidence = confidence == .certain ? .certain : .likely
      evidence.append(
        "snapshot \(facts.snapshots[index].id.short) of the same host and user began \(ReportText.time(start)) and was "
          + "written \(ReportText.time(end)), \(ReportText.age(end.secondsSince(removed.time))) after the removal"
      )
      snapshotIDs.append(facts.snapshots[index].id.hex)
      last = max(last, end)
    }
    guard let confidence, evidence.count > 1 else { return nil }
    return Finding(
      .continuedAfterRemoval, .alarm, confidence,
      title: "\(run.holder) went on after its lock was gone",
      explanation:
        "From the removal on nothing kept a prune or the like from deleting what this run relied on. If an exclusive "
        + "run was at work in that time, check the repository.",
      evidence: [sentence(run)] + evidence,
      unknown: "Two runs of one host, user and PID can't be told apart by their locks.",
      lockNames: lockNames, snapshotIDs: snapshotIDs, from: removed.time, to: last)
  }

  /// Silence beyond what refreshes allow, between two locks of one run.
  func gaps() -> [Finding] {
    var found: [Finding] = []
    for run in runs where run.signs.count > 1 {
      var lines: [(seconds: Double, text: String)] = []
      for (first, second) in zip(run.signs, run.signs.dropFirst()) {
        let seconds = second.time.secondsSince(first.time)
        guard seconds > LockTimings.refreshIntervalSeconds + Self.lateToleranceSeconds else { continue }
        let limit =
          seconds > LockTimings.staleSeconds
          ? "30 minutes, when others may call it stale"
          : seconds > LockTimings.refreshDeadlineSeconds
            ? "22.5 minutes, when restic 0.15 and later give up" : "5 minutes, restic's interval"
        lines.append(
          (
            seconds,
            "\(ReportText.age(seconds)) between \(ReportText.time(first.time)) and \(ReportText.time(second.time)): "
              + "beyond \(limit)"
          ))
      }
      guard let longest = lines.map(\.seconds).max() else { continue }
      let isComplete = facts.history == .complete
      // Without past versions, what lies between two files may have been written and deleted.
      guard isComplete || longest > LockTimings.refreshDeadlineSeconds else { continue }
      found.append(
        Finding(
          .silenceGap, longest > LockTimings.refreshDeadlineSeconds && isComplete ? .warning : .notice,
          isComplete ? .certain : .possible,
          title: "\(run.holder) was silent for up to \(ReportText.age(longest))",
          explanation: isComplete
            ? "The machine slept, the process was stopped, or the storage did not take its locks."
            : "Either it was silent, or the locks in between were written and deleted, which this storage does not tell.",
          evidence: [sentence(run)] + Finding.limited(lines.map(\.text)), lockNames: names(run),
          from: run.start, to: run.lastSign))
    }
    return Self.summed(found, "more holders were silent for longer than refreshes allow")
  }

  private static let lateToleranceSeconds: Double = 60

  /// The first findings of a kind, and one that counts the others.
  static func summed(_ findings: [Finding], _ what: String) -> [Finding] {
    guard findings.count > kindLimit, let last = findings.last else { return findings }
    let rest = findings.dropFirst(kindLimit - 1)
    return findings.prefix(kindLimit - 1) + [
      Finding(
        last.kind, last.severity, last.confidence, title: "\(rest.count) \(what)",
        explanation: "They are in report.json and in the tables, lock by lock.",
        evidence: Finding.limited(rest.map(\.title)), lockNames: rest.flatMap(\.lockNames),
        from: rest.compactMap(\.from).min(), to: rest.compactMap(\.to).max())
    ]
  }
}

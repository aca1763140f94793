internal import ResticFormat
internal import ResticLocks
internal import WallTime

extension FindingSearch {
  /// Two exclusive holders, or an exclusive beside a shared one, at work at the same time.
  func overlaps() -> [Finding] {
    // By the exclusive run, as one prune may have run beside many backups.
    var pairs: [Int: [(first: Int, second: Int)]] = [:]
    var pairCounts: [Int: Int] = [:]
    var besideCount = 0
    var beside: Finding?
    let now = facts.clocks.now
    let spans = runs.map { run in
      let lifeEnd = lifeEnd(run)
      let isPresent = run.presentCount > 0
      return Span(
        start: run.start, lifeEnd: lifeEnd, reach: isPresent ? max(now, lifeEnd) : lifeEnd,
        isExclusive: run.isExclusive, isPresent: isPresent)
    }
    // Runs that may reach into a later one: those at work, and files that are still there.
    var (openShared, openExclusive): ([Int], [Int]) = ([], [])
    for index in spans.indices.sorted(by: { spans[$0].start < spans[$1].start }) {
      let span = spans[index]
      openExclusive.removeAll { spans[$0].reach < span.start }
      if span.isExclusive { openShared.removeAll { spans[$0].reach < span.start } }
      for other in span.isExclusive ? openExclusive + openShared : openExclusive {
        if spans[other].lifeEnd >= span.start {
          guard runs[other].key != runs[index].key else { continue }
          let exclusive = spans[other].isExclusive ? other : index
          pairCounts[exclusive, default: 0] += 1
          if pairs[exclusive, default: []].count < Self.pairLimit {
            pairs[exclusive, default: []].append((other, index))
          }
        } else if spans[other].isPresent, span.isPresent {
          besideCount += 1
          beside = beside ?? besideLeftover(runs[other], runs[index])
        }
      }
      if span.isExclusive {
        if openExclusive.count < Self.openLimit { openExclusive.append(index) }
      } else if openShared.count < Self.openLimit {
        openShared.append(index)
      }
    }
    var found = pairs.sorted { $0.key < $1.key }.compactMap {
      overlap($0.value, count: pairCounts[$0.key] ?? 0)
    }
    found = Self.summed(found, "more exclusive runs were at work beside others")
    if var finding = beside {
      if besideCount > 1 { finding.evidence.append("and \(besideCount - 1) more pairs like this") }
      found.append(finding)
    }
    return found
  }

  private struct Span {
    let start: UnixTime
    let lifeEnd: UnixTime
    let reach: UnixTime
    let isExclusive: Bool
    let isPresent: Bool
  }

  private static let openLimit = 2000

  /// Until when a run was at work, one refresh after its last sign counted in unless it ended before.
  private func lifeEnd(_ run: AuditRun) -> UnixTime {
    let silent = run.lastSign.adding(seconds: LockTimings.refreshIntervalSeconds)
    let seen = run.lastWork ?? run.lastSign
    guard let removed = run.removed?.time, removed < silent, run.removed?.ground == .deletion else {
      return run.lastWork == nil ? silent : max(seen, run.lastSign)
    }
    return max(removed, seen)
  }

  /// What is surest of the pairs of one exclusive run, with the others.
  private func overlap(_ pairs: [(first: Int, second: Int)], count: Int) -> Finding? {
    let single = pairs.map { overlap(runs[$0.first], runs[$0.second]) }
    let ranks = Finding.Confidence.allCases
    guard
      let index = single.indices.min(by: { left, right in
        (ranks.firstIndex(of: single[left].confidence) ?? 0)
          < (ranks.firstIndex(of: single[right].confidence) ?? 0)
      })
    else { return nil }
    var finding = single[index]
    let told = Set(finding.evidence)
    let others = single.indices.filter { $0 != index }.flatMap { single[$0].evidence.prefix(2) }
      .filter { !told.contains($0) }
    finding.evidence += Finding.limited(others)
    if count > pairs.count { finding.evidence.append("and \(count - pairs.count) more runs") }
    for other in single.indices where other != index {
      finding.lockNames += single[other].lockNames.filter { !finding.lockNames.contains($0) }
    }
    return finding
  }

  private static let pairLimit = 24

  private func overlap(_ first: AuditRun, _ second: AuditRun) -> Finding {
    let end = min(lifeEnd(first), lifeEnd(second))
    let bothShown = first.knownEnd >= second.start
    let refreshedBeside = bothShown && first.knownEnd > second.start && second.signs.count > 1
    let wasRemoved = first.removed.map { $0.time <= second.start } ?? false
    let what =
      first.isExclusive && second.isExclusive
      ? "two exclusive holders" : "an exclusive holder and a shared one"
    var evidence = [sentence(first), sentence(second)]
    if wasRemoved, let removed = first.removed {
      evidence.append(
        "\(first.name)'s lock was removed \(ReportText.age(second.start.secondsSince(removed.time))) before "
          + "\(second.name) wrote its own, so that nothing stopped \(second.name)")
    }
    let clocks = Set([first.record.hostname, second.record.hostname]).filter {
      timeline.clocks.skews[$0] == nil
    }
    return Finding(
      .forbiddenOverlap, .alarm,
      bothShown && (refreshedBeside || wasRemoved) ? .certain : bothShown ? .likely : .possible,
      title: "\(what) were at work at the same time",
      explanation:
        "restic lets neither run beside the other: an exclusive run such as prune deletes what a run beside it "
        + "relies on. Check the repository with restic check --read-data, and the snapshots written since with "
        + "restic ls or a restore.",
      evidence: evidence,
      unknown: clocks.isEmpty
        ? ""
        : "Nothing tells whether the clocks of these hosts agree: \(clocks.sorted().map { ReportText.short($0, 40) }.joined(separator: ", ")).",
      lockNames: names(first).suffix(4) + names(second).suffix(4),
      snapshotIDs: (first.snapshots + second.snapshots).map { facts.snapshots[$0.index].id.hex },
      from: second.start, to: max(end, second.start))
  }

  private func besideLeftover(_ first: AuditRun, _ second: AuditRun) -> Finding {
    Finding(
      .besideLeftover, .notice, .possible,
      title: "a lock was written although an older one that excludes it was there",
      explanation:
        "restic's check ignores how old a lock is: the later run should have been refused. The older lock may have "
        + "been put back since, written late, or not been listed by the storage at that moment.",
      evidence: [sentence(first), sentence(second)],
      lockNames: names(first).suffix(2) + names(second).suffix(2),
      from: first.start, to: second.start)
  }
}

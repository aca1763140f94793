internal import ResticFormat
internal import WallTime

/// The facts, the timeline they give, and what follows from them.
package struct AuditAnalysis: Sendable {
  package let facts: AuditFacts
  package let timeline: AuditTimeline
  /// The worst first, then the oldest.
  package let findings: [Finding]
  /// What can't be told from these facts, one sentence each.
  package let limits: [String]

  package init(_ facts: AuditFacts) {
    self.facts = facts
    timeline = AuditTimeline(facts)
    let finder = FindingSearch(facts: facts, timeline: timeline)
    let found =
      finder.overlaps() + finder.removals() + finder.continuations() + finder.snapshots() + finder.gaps()
      + finder.clocks() + finder.strangeFiles() + finder.leftBehind() + finder.logFailures()
    findings = found.enumerated().sorted { left, right in
      let (first, second) = (left.element, right.element)
      if first.severity != second.severity { return first.severity < second.severity }
      return (first.from?.seconds ?? .max, left.offset) < (second.from?.seconds ?? .max, right.offset)
    }.map(\.element)
    limits = finder.limits()
  }

  package func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }
}

/// Looks for findings; each function knows one kind of them.
struct FindingSearch: Sendable {
  let facts: AuditFacts
  let timeline: AuditTimeline

  /// More findings of one kind than anybody reads are summed up.
  static let kindLimit = 100

  var locks: [AuditedLock] { facts.locks }
  var runs: [AuditRun] { timeline.runs }

  func names(_ run: AuditRun) -> [String] { run.signs.map { locks[$0.lockIndex].name } }

  /// A run in one sentence.
  func sentence(_ run: AuditRun) -> String {
    let kind = ReportText.kind(run.isExclusive)
    let signs =
      run.signs.count == 1
      ? "one lock, of \(ReportText.time(run.start))"
      : "\(run.signs.count) locks from \(ReportText.time(run.start)) to \(ReportText.time(run.lastSign))"
    let end = run.removed.map { removal in
      ", removed \(ReportText.time(removal.time))"
        + (removal.by.map { " by \(ReportText.short($0, 60))" } ?? "")
    }
    let work = run.lastWork.map { ", a snapshot written \(ReportText.time($0))" } ?? ""
    return "\(run.name): \(kind), \(run.holder): \(signs)\(end ?? "")\(work)"
  }

  func limits() -> [String] {
    var lines: [String] = []
    if facts.history != .complete {
      lines.append(
        "A lock that was refreshed or removed properly left nothing that could be read here. What ran without leaving a "
          + "lock, and for how long before its last refresh a run held its lock, can't be told from this storage."
      )
    }
    if timeline.clocks.fileTimesLookCopied {
      lines.append(
        "The file times are those of a copy: they say nothing about clocks, or about when a file was written."
      )
    }
    let hosts = Set(locks.compactMap { $0.record?.hostname })
    if hosts.contains(where: { timeline.clocks.skews[$0] == nil }), !timeline.clocks.fileTimesLookCopied {
      lines.append(
        "For some hosts the file times do not agree with the locks' times, or tell nothing about the clock.")
    }
    if !facts.clocks.isSound, facts.clocks.storageOffsetSeconds == nil {
      lines.append("Nothing vouches for the clock of the machine that made this report.")
    }
    if facts.isWithoutKey {
      lines.append("Without the key, neither the holders of locks nor the writers of snapshots are known.")
    }
    if facts.logs == nil {
      lines.append("No logs were given (--log): whom a lock stopped, and what restic said, is not known.")
    }
    lines.append(
      "A lock names no machine, no start and no version of restic; two holders of one name can't be told apart."
    )
    lines.append(
      "Whoever holds a key of the repository can write any lock or snapshot, with any time and name in it.")
    return lines
  }
}

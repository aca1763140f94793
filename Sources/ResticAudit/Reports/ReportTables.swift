internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The report's parts as CSV (RFC 4180), with no cell that a spreadsheet takes for a formula.
package struct ReportTables: Sendable {
  let analysis: AuditAnalysis

  package init(_ analysis: AuditAnalysis) { self.analysis = analysis }

  private var facts: AuditFacts { analysis.facts }

  /// Each table with the name of its file.
  package var files: [(name: String, text: String)] {
    [
      ("events.csv", events), ("findings.csv", findings), ("keys.csv", keys), ("locks.csv", locks),
      ("runs.csv", runs), ("snapshots.csv", snapshots),
    ]
  }

  private func table(_ header: [String], _ rows: some Sequence<[String?]>) -> String {
    var text = header.joined(separator: ",") + "\r\n"
    for row in rows {
      text += row.map { $0.map(ReportText.csv) ?? "" }.joined(separator: ",") + "\r\n"
    }
    return text
  }

  private var locks: String {
    table(
      [
        "id", "source", "size", "modified", "sha256", "defect", "time", "exclusive", "hostname", "username",
        "pid", "uid", "gid", "verdict", "reason", "removed", "removed_by",
      ],
      facts.locks.lazy.map { lock in
        [
          lock.name, lock.origin.name, String(lock.byteCount), lock.modified?.rfc3339, lock.sha256,
          lock.defect?.kind.jsonName, lock.record?.time.text, lock.record.map { String($0.isExclusive) },
          lock.record?.hostname, lock.record?.username, lock.record.map { String($0.pid) },
          lock.record.map { String($0.uid) }, lock.record.map { String($0.gid) }, lock.verdict?.rawValue,
          lock.reasons.first, lock.removed?.time.rfc3339, lock.removed?.by,
        ]
      })
  }

  private var runs: String {
    table(
      [
        "run", "exclusive", "hostname", "username", "pid", "start", "last_sign", "last_work", "removed",
        "lock_count", "present_count", "snapshot_count", "purpose", "purpose_confidence",
      ],
      analysis.timeline.runs.lazy.map { run in
        [
          run.name, String(run.isExclusive), run.record.hostname, run.record.username,
          String(run.record.pid), run.start.rfc3339, run.lastSign.rfc3339, run.lastWork?.rfc3339,
          run.removed?.time.rfc3339, String(run.signs.count), String(run.presentCount),
          String(run.snapshots.count), run.purpose?.text, run.purpose?.confidence.rawValue,
        ]
      })
  }

  private var snapshots: String {
    let runs = analysis.timeline.runs.reduce(into: [Int: (String, String)]()) { names, run in
      for snapshot in run.snapshots { names[snapshot.index] = (run.name, snapshot.relation.rawValue) }
    }
    return table(
      [
        "id", "start", "end", "time", "modified", "hostname", "username", "program_version", "path_count",
        "run", "relation",
      ],
      facts.snapshots.indices.lazy.map { index in
        let (snapshot, span) = (facts.snapshots[index], analysis.timeline.snapshotSpans[index])
        return [
          snapshot.id.hex, span.start.rfc3339, span.end.rfc3339, snapshot.record.time.text,
          snapshot.modified?.rfc3339, snapshot.record.hostname, snapshot.record.username,
          snapshot.record.programVersion, String(snapshot.record.pathCount), runs[index]?.0,
          runs[index]?.1 ?? "outside",
        ]
      })
  }

  private var findings: String {
    table(
      [
        "severity", "kind", "confidence", "from", "to", "title", "explanation", "evidence", "unknown",
        "lock_ids",
      ],
      analysis.findings.lazy.map { finding in
        [
          finding.severity.rawValue, finding.kind.rawValue, finding.confidence.rawValue,
          finding.from?.rfc3339,
          finding.to?.rfc3339, finding.title, finding.explanation, finding.evidence.joined(separator: "; "),
          finding.unknown, finding.lockNames.joined(separator: " "),
        ]
      })
  }

  private var events: String {
    table(
      ["time", "event", "object", "holder", "source", "detail"],
      analysis.timeline.events.lazy.map { event in
        [event.time.rfc3339, event.kind.rawValue, event.object, event.holder, event.source, event.detail]
      })
  }

  private var keys: String {
    table(
      ["id", "created", "hostname", "username", "kdf_n", "kdf_r", "kdf_p", "problem"],
      facts.keys.lazy.map { key in
        [
          key.id, key.created, key.hostname, key.username, key.parameters.map { String($0.N) },
          key.parameters.map { String($0.r) }, key.parameters.map { String($0.p) }, key.problem,
        ]
      })
  }
}

internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The report as one page of HTML that needs neither network nor script.
package struct ReportPage: Sendable {
  private let analysis: AuditAnalysis
  private let toolVersion: String
  private var out = ""

  private static let findingLimit = 20
  private static let rowLimit = 400

  private init(_ analysis: AuditAnalysis, toolVersion: String) {
    self.analysis = analysis
    self.toolVersion = toolVersion
  }

  package static func html(_ analysis: AuditAnalysis, toolVersion: String) -> String {
    var page = ReportPage(analysis, toolVersion: toolVersion)
    page.write()
    return page.out
  }

  private var facts: AuditFacts { analysis.facts }
  private var title: String { ReportText.short(facts.repositoryName ?? facts.location, 80) }

  private mutating func write() {
    out = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
      <meta name="referrer" content="no-referrer"><link rel="icon" href="data:,">
      <title>Locks of \(ReportText.html(title))</title>
      <style>\(ReportStyle.css)</style></head><body>

      """
    header()
    out += "<main>\n"
    findings()
    timeline()
    reading()
    runs()
    locks()
    snapshots()
    keys()
    out += "</main>\n"
    out +=
      "<footer><p>Made by reslock \(ReportText.html(toolVersion)). All times are in UTC, on the storage's clock where "
    out +=
      "its file times tell how far a host's clock is off. report.json has the same in full, the CSV files as tables; "
    out +=
      "<code>reslock audit verify evidence.tar</code> checks each byte of the evidence.</p></footer></body></html>\n"
  }

  private mutating func header() {
    let worst = analysis.count(.alarm) > 0 ? "alarm" : analysis.count(.warning) > 0 ? "warning" : "good"
    out += "<header><h1>What happened to the locks of \(ReportText.html(title))</h1>\n"
    out += "<p class=\"verdict \(worst)\">\(ReportText.html(ReportSummary.verdict(analysis))).</p>\n"
    out += "<p>\(ReportText.html(ReportSummary.extent(facts))).</p>\n<dl class=\"facts\">"
    fact("Seen", "\(ReportText.time(facts.clocks.now)) UTC by \(ReportText.short(facts.auditor, 80))")
    fact("Location", ReportText.short(facts.location, 200))
    fact(
      "Repository ID", facts.repositoryID.map { ReportText.short($0, 64) } ?? "not known without the key",
      isID: true)
    fact("SHA-256 of config", facts.configSHA256 ?? "not read", isID: true)
    fact("This machine's clock", facts.clocks.soundness)
    fact(
      "The storage's clock",
      facts.clocks.storageOffsetSeconds.map { offset in
        abs(offset) < 1
          ? "agrees with this machine's"
          : "\(ReportText.age(abs(offset))) \(offset > 0 ? "ahead of" : "behind") this machine's"
      } ?? "it has none of its own")
    fact("Locks of the past", facts.history.words)
    out += "</dl></header>\n"
  }

  private mutating func fact(_ name: String, _ value: String, isID: Bool = false) {
    out +=
      "<div><dt>\(ReportText.html(name))</dt><dd\(isID ? " class=\"id\"" : "")>\(ReportText.html(value))</dd></div>"
  }

  private mutating func findings() {
    out += "<section aria-labelledby=\"findings\"><h2 id=\"findings\">What was found</h2>\n"
    if analysis.findings.isEmpty { out += "<p>Nothing that should not be. What this rests on is below.</p>" }
    out += "<ol class=\"findings\">\n"
    for (index, finding) in analysis.findings.prefix(Self.findingLimit).enumerated() {
      write(finding, index + 1)
    }
    out += "</ol>\n"
    let rest = analysis.findings.dropFirst(Self.findingLimit)
    if !rest.isEmpty {
      out += "<details><summary>\(rest.count) more findings</summary><ol class=\"findings\">\n"
      for (index, finding) in rest.prefix(Self.rowLimit).enumerated() {
        write(finding, Self.findingLimit + index + 1)
      }
      out += "</ol></details>\n"
    }
    out += "</section>\n"
  }

  private mutating func write(_ finding: Finding, _ number: Int) {
    let mark = finding.severity == .alarm ? "▲" : finding.severity == .warning ? "●" : "○"
    out += "<li class=\"finding \(finding.severity.rawValue)\" id=\"finding-\(number)\"><div class=\"head\">"
    out += "<span class=\"tag\">\(mark) \(finding.severity.rawValue)</span>"
    out += "<h3>\(number). \(ReportText.html(finding.title))</h3></div><p class=\"when\">"
    if let from = finding.from {
      out += ReportText.time(from)
      if let to = finding.to, to.secondsSince(from) >= 1 {
        out += " to \(ReportText.time(to)), \(ReportText.age(to.secondsSince(from)))"
      }
      out += " · "
    }
    out += "\(finding.confidence.rawValue)</p><p>\(ReportText.html(finding.explanation))</p><ul>"
    for line in finding.evidence { out += "<li>\(ReportText.html(line))</li>" }
    out += "</ul>"
    if !finding.unknown.isEmpty {
      out += "<p class=\"soft\">Not known: \(ReportText.html(finding.unknown))</p>"
    }
    out += "</li>\n"
  }

  private mutating func timeline() {
    out +=
      "<section aria-labelledby=\"timeline\"><h2 id=\"timeline\">Who held the repository when</h2>\n<figure>"
    out += TimelineDrawing.svg(analysis)
    for (index, closer) in TimelineDrawing.closer(analysis).enumerated() {
      out += "<p class=\"soft\">Closer: finding \(closer.number)</p>"
      out += TimelineDrawing.svg(analysis, closer.window, suffix: "-\(index + 1)")
    }
    out += """
      <figcaption><ul class="legend">\
      <li><svg width="26" height="14" aria-hidden="true"><rect class="shared" y="1" width="26" height="12" rx="4"/></svg>shared lock, first to last sign</li>\
      <li><svg width="26" height="14" aria-hidden="true"><rect class="exclusive" x=".5" y="1" width="25" height="12"/></svg>exclusive lock</li>\
      <li><svg width="26" height="14" aria-hidden="true"><rect class="left" y="5" width="26" height="5"/></svg>the file was still there</li>\
      <li><svg width="26" height="14" aria-hidden="true"><rect class="work" y="2" width="26" height="10"/></svg>work after the last sign</li>\
      <li><svg width="14" height="14" aria-hidden="true"><path class="snapshot" d="M7 2 l5 5 l-5 5 l-5 -5 z"/></svg>snapshot written</li>\
      <li><svg width="14" height="14" aria-hidden="true"><path class="removed" d="M3 3 l8 8 m0 -8 l-8 8"/></svg>removed by somebody else</li>\
      <li><svg width="26" height="14" aria-hidden="true"><rect class="alarm-band" width="26" height="14"/></svg>time of an alarm, with its number</li>\
      </ul></figcaption></figure></section>

      """
  }

  private mutating func reading() {
    list("What could not be read", "missing", facts.missing)
    list("What this can't tell", "limits", analysis.limits)
  }

  private mutating func list(_ title: String, _ id: String, _ lines: [String]) {
    guard !lines.isEmpty else { return }
    out += "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title)</h2><ul class=\"plain\">"
    for line in lines { out += "<li>\(ReportText.html(line))</li>" }
    out += "</ul></section>\n"
  }

  private mutating func table(
    _ title: String, _ id: String, _ count: Int, csv: String, _ columns: [String], wrapping: Set<Int> = [],
    numbers: Set<Int> = [], _ row: (Int) -> [String]
  ) {
    guard count > 0 else { return }
    let isLong = count > Self.rowLimit
    out += "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title)</h2>"
    // What is longer than a page is opened on demand.
    let folds = count > 25
    if folds {
      out +=
        "<details><summary>\(count) rows\(isLong ? ", the first \(Self.rowLimit) of them here" : "")</summary>"
    }
    out += "<div class=\"scroll\" role=\"region\" aria-labelledby=\"\(id)\" tabindex=\"0\"><table>"
    if isLong {
      out += "<caption>The first \(Self.rowLimit) of \(count); \(csv) and report.json have all.</caption>"
    }
    out +=
      "<thead><tr>" + columns.map { "<th scope=\"col\">\(ReportText.html($0))</th>" }.joined()
      + "</tr></thead><tbody>\n"
    for index in 0..<min(count, Self.rowLimit) {
      out += "<tr>"
      for (column, cell) in row(index).enumerated() {
        let style =
          wrapping.contains(column) ? " class=\"wrap\"" : numbers.contains(column) ? " class=\"number\"" : ""
        out += "<td\(style)>\(ReportText.html(cell))</td>"
      }
      out += "</tr>\n"
    }
    out += "</tbody></table></div>" + (folds ? "</details>" : "") + "</section>\n"
  }

  private mutating func runs() {
    let runs = analysis.timeline.runs
    table(
      "Runs", "runs", runs.count, csv: "runs.csv",
      [
        "run", "kind", "holder", "first sign", "last sign", "locks", "still there", "snapshots", "for",
        "went",
      ],
      wrapping: [2, 8, 9], numbers: [5, 6, 7]
    ) { index in
      let run = runs[index]
      return [
        run.name, ReportText.kind(run.isExclusive), run.holder, ReportText.time(run.start),
        ReportText.time(run.lastSign), "\(run.signs.count)", "\(run.presentCount)", "\(run.snapshots.count)",
        run.purpose.map { "\($0.text) (\($0.confidence.rawValue))" } ?? "not known",
        run.removed.map { removal in
          "\(ReportText.time(removal.time)), \(removal.ground.rawValue)"
            + (removal.by.map { ", by \(ReportText.short($0, 60))" } ?? "")
        } ?? "",
      ]
    }
  }

  private mutating func locks() {
    let locks = facts.locks
    table(
      "Files in locks/", "locks", locks.count, csv: "locks.csv",
      ["ID", "from", "bytes", "file time", "time in it", "kind", "holder", "verdict", "what it rests on"],
      wrapping: [4, 6, 8], numbers: [2]
    ) { index in
      let lock = locks[index]
      return [
        lock.shortName, lock.origin.name, "\(lock.byteCount)", lock.modified.map(ReportText.time) ?? "",
        lock.record.map { ReportText.short($0.time.text, 40) } ?? "",
        lock.record.map { ReportText.kind($0.isExclusive) } ?? "", lock.record.map(ReportText.holder) ?? "",
        lock.verdict?.rawValue ?? (lock.isPresent ? "not opened" : "gone"),
        lock.defect?.message ?? lock.reasons.first ?? "",
      ]
    }
  }

  private mutating func snapshots() {
    let facts = facts
    let timeline = analysis.timeline
    let runs = timeline.runs.reduce(into: [Int: String]()) { names, run in
      for snapshot in run.snapshots { names[snapshot.index] = "\(run.name), \(snapshot.relation.rawValue)" }
    }
    let order = facts.snapshots.indices.sorted {
      (timeline.snapshotSpans[$1].end, facts.snapshots[$1].id) < (
        timeline.snapshotSpans[$0].end, facts.snapshots[$0].id
      )
    }
    table(
      "Snapshots", "snapshots", order.count, csv: "snapshots.csv",
      ["ID", "began", "written", "writer", "program", "paths", "run"], wrapping: [3, 4], numbers: [5]
    ) { position in
      let index = order[position]
      let (snapshot, span) = (facts.snapshots[index], timeline.snapshotSpans[index])
      return [
        snapshot.id.short, ReportText.time(span.start), ReportText.time(span.end),
        "\(ReportText.short(snapshot.record.username, 32))@\(ReportText.short(snapshot.record.hostname, 40))",
        ReportText.short(snapshot.record.programVersion, 40), "\(snapshot.record.pathCount)",
        runs[index] ?? "none known",
      ]
    }
  }

  private mutating func keys() {
    let keys = facts.keys
    table(
      "Keys", "keys", keys.count, csv: "keys.csv", ["ID", "created", "for", "scrypt", "problem"],
      wrapping: [2, 4]
    ) { index in
      let key = keys[index]
      return [
        String(key.id.prefix(8)), key.created.map { ReportText.short($0, 40) } ?? "",
        "\(ReportText.short(key.username ?? "", 32))@\(ReportText.short(key.hostname ?? "", 40))",
        key.parameters.map { "N=\($0.N) r=\($0.r) p=\($0.p)" } ?? "", key.problem ?? "",
      ]
    }
  }
}

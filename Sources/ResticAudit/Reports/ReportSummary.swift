internal import WallTime

/// The findings on a page of Markdown, and as plain lines for a terminal.
package struct ReportSummary: Sendable {
  let analysis: AuditAnalysis
  let toolVersion: String

  package init(_ analysis: AuditAnalysis, toolVersion: String) {
    self.analysis = analysis
    self.toolVersion = toolVersion
  }

  private static let findingLimit = 30

  /// What the whole comes to, in one sentence.
  package static func verdict(_ analysis: AuditAnalysis) -> String {
    let alarms = analysis.count(.alarm)
    let warnings = analysis.count(.warning)
    if alarms > 0 {
      return "\(ReportText.count(alarms, "thing", "things")) happened that can have damaged the repository"
        + (warnings > 0 ? ", and \(warnings) more that should not have" : "")
    }
    if warnings > 0 {
      return
        "\(ReportText.count(warnings, "thing is", "things are")) not as they should be; nothing shows that data was at risk"
    }
    return "Nothing is wrong, as far as can be seen"
  }

  /// How much was looked at.
  package static func extent(_ facts: AuditFacts) -> String {
    let present = facts.locks.count(where: \.isPresent)
    let past = facts.locks.count - present
    return "\(ReportText.count(present, "file in locks/", "files in locks/"))"
      + (past > 0 ? ", \(ReportText.count(past, "lock", "locks")) of the past" : "")
      + ", \(ReportText.count(facts.snapshots.count, "snapshot", "snapshots")), "
      + ReportText.count(facts.keys.count, "key", "keys")
  }

  package var markdown: String {
    let facts = analysis.facts
    var text = "# Locks of \(ReportText.markdown(facts.repositoryName ?? facts.location))\n\n"
    text += "**\(ReportText.markdown(Self.verdict(analysis))).**\n\n"
    text +=
      "Seen \(ReportText.time(facts.clocks.now)) UTC by \(ReportText.markdown(facts.auditor)) with reslock "
    text += "\(ReportText.markdown(toolVersion)): \(ReportText.markdown(Self.extent(facts))). "
    text +=
      "Repository \(ReportText.markdown(facts.repositoryID.map { ReportText.short($0, 64) } ?? "(ID not known)")), "
    text += "SHA-256 of config \(facts.configSHA256 ?? "not known").\n"
    if !analysis.findings.isEmpty { text += "\n## Findings\n" }
    for finding in analysis.findings.prefix(Self.findingLimit) {
      text += "\n### \(finding.severity.rawValue): \(ReportText.markdown(finding.title))\n\n"
      if let from = finding.from {
        text += ReportText.time(from)
        if let to = finding.to, to != from { text += " to \(ReportText.time(to))" }
        text += " UTC. "
      }
      text += "Confidence: \(finding.confidence.rawValue). \(ReportText.markdown(finding.explanation))\n\n"
      for line in finding.evidence { text += "- \(ReportText.markdown(line))\n" }
      if !finding.unknown.isEmpty { text += "\nNot known: \(ReportText.markdown(finding.unknown))\n" }
    }
    if analysis.findings.count > Self.findingLimit {
      text +=
        "\n\(analysis.findings.count - Self.findingLimit) more findings are in report.html and findings.csv.\n"
    }
    text += section("What could not be read", facts.missing)
    text += section("What this can't tell", analysis.limits)
    return text
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    guard !lines.isEmpty else { return "" }
    return "\n## \(title)\n\n" + lines.map { "- \(ReportText.markdown($0))\n" }.joined()
  }

  /// For a terminal: the findings a line or two each.
  package var lines: [String] {
    let facts = analysis.facts
    var lines = [
      Self.verdict(analysis) + ".", "Looked at: \(Self.extent(facts)).",
    ]
    for finding in analysis.findings.prefix(Self.findingLimit) {
      let time = finding.from.map { "\(ReportText.time($0)) UTC  " } ?? ""
      lines.append("")
      lines.append(
        "\(finding.severity.rawValue): \(ReportText.harmless(finding.title)) (\(finding.confidence.rawValue))"
      )
      if let first = finding.evidence.first { lines.append("  \(time)\(ReportText.harmless(first))") }
    }
    if analysis.findings.count > Self.findingLimit {
      lines.append("")
      lines.append("\(analysis.findings.count - Self.findingLimit) more findings")
    }
    if !facts.missing.isEmpty {
      lines.append("")
      lines += facts.missing.prefix(8).map { "not read: \(ReportText.harmless($0))" }
    }
    return lines
  }
}

internal import ResticFormat
internal import ResticLocks

/// What a run of `unlock` did, for people.
struct UnlockText {
  let report: UnlockReport
  let journal: Journal?
  let operation: ResticOperation?
  let version: ResticVersion
  let terminal: Terminal
  let isQuiet: Bool
  /// What `undo` takes to find the same repository and journal, as arguments for a shell.
  var undoArguments = ""

  /// The answer: a line a lock, and what it comes to.
  func lines() -> [String] {
    let shown = report.outcomes.filter { outcome in
      if case .notSelected = outcome.decision.kind { return false }
      return !isQuiet || outcome.kind != .kept
    }
    return shown.flatMap(lines) + (isQuiet ? [] : [summary] + forecast + journalLines)
  }

  /// What must not be missed, for standard error.
  func warnings() -> [String] {
    report.sightings.map(Self.warning) + report.troubles.map { "error: \(TerminalText.escaped($0))" }
  }

  static func warning(_ sighting: HolderSighting) -> String {
    let name = HolderText.shortID(sighting.newLock.lock)
    let what =
      "the holder of \(TerminalText.escaped(String(sighting.removedName.prefix(8)))), which was removed, wrote \(name)"
    return sighting.kind == .alarm
      ? "ALARM: \(what): \(sighting.reason). Stop what was started since, and look at reslock show \(name)"
      : "notice: \(what): \(sighting.reason)"
  }

  private func lines(_ outcome: LockOutcome) -> [String] {
    let assessment = outcome.assessment
    let word = Self.word(outcome, isDryRun: report.isDryRun)
    let padding = String(repeating: " ", count: max(1, 13 - word.count))
    var head = terminal.styled(word, Self.style(outcome.kind)) + padding + HolderText.shortID(assessment.lock)
    if let record = assessment.lock.record {
      head += "  \(HolderText.kind(assessment.lock))  \(HolderText.holder(record))"
    }
    var lines = [head + "  " + HolderText.verdict(assessment)]
    lines.append("  " + TerminalText.escaped(outcome.reason))
    if outcome.kind == .removed, assessment.verdict == .expired, outcome.decision.ground == .verdict {
      lines += assessment.reasons.prefix(2).map { "  - " + TerminalText.escaped($0) }
    }
    if outcome.kind == .kept, let change = assessment.nextChange {
      lines.append("  " + NextChangeText.sentence(change))
    }
    return lines
  }

  static func word(_ outcome: LockOutcome, isDryRun: Bool) -> String {
    isDryRun && outcome.kind == .removed ? "would remove" : outcome.kind.rawValue
  }

  private static func style(_ kind: LockOutcome.Kind) -> Style {
    switch kind {
    case .removed: .good
    case .kept: .plain
    case .vanished: .dim
    case .failed: .bad
    }
  }

  private var summary: String {
    let removed = report.count(.removed)
    if report.outcomes.isEmpty { return "no locks: nothing to remove" }
    var parts: [String] = []
    if removed > 0 { parts.append("\(removed) \(report.isDryRun ? "would be removed" : "removed")") }
    for (kind, word) in [(LockOutcome.Kind.vanished, "vanished"), (.failed, "failed"), (.kept, "kept")] {
      let count = report.count(kind)
      if count > 0 { parts.append("\(count) \(word)") }
    }
    if report.wasInterrupted { parts.append("interrupted") }
    let text = parts.joined(separator: ", ")
    return removed == 0 && !report.isDryRun ? "nothing was removed: \(text)" : text
  }

  private var forecast: [String] {
    guard let operation,
      let forecast = try? Forecast.of(operation, obstacles: report.remainingObstacles, version: version)
    else { return [] }
    if !forecast.isBlocked { return ["\(operation.name) can run now"] }
    return [
      "\(operation.name) is still blocked by "
        + forecast.blockedBy.prefix(4).map(\.short).joined(separator: " ")
    ]
  }

  private var journalLines: [String] {
    guard report.count(.removed) > 0, let journal, let head = report.head else { return [] }
    return [
      "take it back with: reslock undo --last\(TerminalText.escaped(undoArguments))",
      "recorded in \(TerminalText.escaped(journal.path)), head \(head.hash)",
    ]
  }
}

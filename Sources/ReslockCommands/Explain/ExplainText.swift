internal import LockFailureLogs
internal import ResticLocks
internal import WallTime

/// What logs tell about locks, for people.
struct ExplainText {
  let findings: LogFindings
  let inputs: [LogInput]
  let fates: [LockFate?]
  let inspection: Inspection?
  let terminal: Terminal
  let isVerbose: Bool

  private static let groupLimit = 12
  private static let runLimit = 8

  func lines() -> [String] {
    var lines = [headline]
    for (group, fate) in zip(findings.groups, fates).prefix(Self.groupLimit) { lines += block(group, fate) }
    if findings.groups.count > Self.groupLimit {
      lines += ["", "… and \(findings.groups.count - Self.groupLimit) more; --json has all"]
    }
    if findings.uncountedFailures > 0 {
      lines += [
        "", "\(findings.uncountedFailures) more failures were not told apart: there are too many holders.",
      ]
    }
    lines += notes()
    let advice = ExplainAdvice.lines(findings, fates, inspection)
    if !advice.isEmpty {
      lines += ["", terminal.styled("What to do", .bold)] + advice.flatMap { Self.wrapped($0, "  ") }
    }
    return lines
  }

  private var headline: String {
    let logs = inputs.count == 1 ? "1 log" : "\(inputs.count) logs"
    let size = "\(logs), \(findings.lineCount) \(findings.lineCount == 1 ? "line" : "lines")"
    let failures = findings.groups.reduce(0) { $0 + $1.count } + findings.uncountedFailures
    guard failures > 0 else {
      let isWhole = !inputs.contains { $0.problem != nil }
      return terminal.styled("no lock failures", isWhole ? .good : .bold) + "  in \(size)"
        + (isWhole ? "" : ", as far as they could be read") + succeeded
    }
    return terminal.styled(failures == 1 ? "1 lock failure" : "\(failures) lock failures", .bold)
      + "  in \(size)"
  }

  private var succeeded: String {
    let counts = findings.successes.map { "\($0.operation) succeeded \(Self.times($0.count))" }
    return counts.isEmpty ? "" : "; " + counts.joined(separator: ", ")
  }

  private func block(_ group: LockFailureGroup, _ fate: LockFate?) -> [String] {
    var rows: [(String, String)] = []
    if let ids = Self.lockIDs(group) { rows.append(("lock", ids)) }
    if let time = group.lockTime {
      var text = "\(time.text) where it was written"
      if let age = group.longestAgeSeconds { text += ", \(AgeText.text(seconds: age)) before a failure" }
      rows.append(("refreshed", text))
    }
    rows.append(("seen", Self.span(group.firstSeen, group.lastSeen)))
    for run in group.runs.prefix(Self.runLimit) { rows.append(("failed", Self.runText(run))) }
    if group.runs.count > Self.runLimit {
      rows.append(("", "… and \(group.runs.count - Self.runLimit) more"))
    }
    if !group.exitCodes.isEmpty {
      rows.append(("exit", group.exitCodes.sorted().map(String.init).joined(separator: ", ")))
    }
    if !group.detail.isEmpty {
      rows.append(("restic said", TerminalText.short(group.detail, characterLimit: 160)))
    }
    if let clock = Self.clockText(group.clock) { rows.append(("clock", clock)) }
    if let fate { rows.append(("now", fate.sentence)) }
    if isVerbose {
      let file = inputs.indices.contains(group.firstLine.file) ? inputs[group.firstLine.file].name : "-"
      rows.append(
        ("first in", "\(TerminalText.short(file, characterLimit: 120)), line \(group.firstLine.line)"))
    }
    let width = rows.map(\.0.count).max() ?? 0
    return ["", terminal.styled(Self.title(group), .bold)]
      + rows.flatMap { row in
        Self.wrapped(
          row.0 + String(repeating: " ", count: width - row.0.count + 2) + row.1, "  ",
          hanging: String(repeating: " ", count: width + 2))
      }
  }

  static func title(_ group: LockFailureGroup) -> String {
    let times = times(group.count)
    switch group.kind {
    case .locked:
      let who = group.holder.map(holder) ?? "somebody"
      return "locked out \(times) by \(who) (\(group.holder?.isExclusive == true ? "exclusive" : "shared"))"
    case .waiting: return "waited for a lock \(times), and the log does not tell what came of it"
    case .damagedLock: return "stopped \(times) by a damaged lock"
    case .unreadableLock: return "a lock could not be read, told \(times)"
    case .notCreated: return "a lock could not be written, told \(times)"
    case .notRefreshed: return "a run could not renew its own lock, told \(times)"
    case .removedWhileHeld: return "the lock of a running restic was removed, told \(times)"
    case .notRemoved: return "a run could not remove its own lock, told \(times)"
    }
  }

  static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  /// `amar@mac, PID 69387, UID 501`.
  static func holder(_ holder: LogHolder) -> String {
    let user = holder.username.isEmpty ? "(no user)" : TerminalText.short(holder.username, characterLimit: 40)
    let host = holder.hostname.isEmpty ? "(no host)" : TerminalText.short(holder.hostname, characterLimit: 60)
    return "\(user)@\(host), PID \(holder.pid)" + (holder.uid.map { ", UID \($0)" } ?? "")
  }

  static func lockIDs(_ group: LockFailureGroup) -> String? {
    guard let last = group.lockIDs.last else { return nil }
    guard group.lockIDCount > 1 else { return last }
    return "\(last) and \(group.lockIDCount - 1) before it: it was refreshed in between"
  }

  private static func span(_ first: DatedTime?, _ last: DatedTime?) -> String {
    guard let first, let last else { return "at a time that the log does not tell" }
    guard first != last else { return dated(first) }
    var text = "\(dated(first)) to \(dated(last))"
    if let start = first.time, let end = last.time {
      text += " (\(AgeText.text(seconds: end.instant - start.instant)))"
    }
    return text
  }

  private static func dated(_ time: DatedTime) -> String {
    switch time.basis {
    case .line: time.text
    case .lock: "\(time.text) (by the lock's age)"
    case .context: "\(time.text) (by lines nearby)"
    case .incomplete: "\(time.text) (the log has no year)"
    }
  }

  private static func runText(_ run: FailedRuns) -> String {
    var text = command(run.command) + " \(times(run.count))"
    if run.successesBetween > 0 {
      text += "; it succeeded \(times(run.successesBetween)) in between"
    } else if let seconds = run.blockedSeconds, seconds >= 60 {
      text += "; nothing of it succeeded for \(AgeText.text(seconds: seconds))"
    }
    if let last = run.lastSuccess { text += "; last success before \(last.text)" }
    if let next = run.nextSuccess { return text + "; succeeded again \(next.text)" }
    return text + (run.successesBetween > 0 ? "" : "; no success after it in this log")
  }

  static func command(_ command: FailedCommand?) -> String {
    guard let command else { return "a command the log does not name" }
    var text = TerminalText.short(command.operation, characterLimit: 30)
    if let label = command.label, !label.isEmpty {
      text += " of \(TerminalText.short(label, characterLimit: 60))"
    }
    if let restic = command.resticCommand {
      text += " (in restic \(TerminalText.short(restic, characterLimit: 30)))"
    }
    return text
  }

  static func clockText(_ clock: ClockComparison) -> String? {
    guard clock.count > 0 else { return nil }
    var text: String
    if clock.agrees {
      text = "the log's times fit the ages it claims"
    } else {
      let skew = abs(clock.leastSeconds) > abs(clock.mostSeconds) ? clock.leastSeconds : clock.mostSeconds
      text =
        "the log's times are up to \(AgeText.text(seconds: abs(skew))) \(skew < 0 ? "behind" : "ahead of") "
        + "the ages it claims: another clock, or lines written late"
    }
    if let zone = clock.zoneSeconds {
      text +=
        "; the lock was written at UTC\(LogTime.offsetText(zone) == "Z" ? "" : LogTime.offsetText(zone))"
    }
    if clock.futureCount > 0 { text += "; the lock lay in the future: its writer's clock is ahead" }
    return text
  }

  private func notes() -> [String] {
    var notes: [String] = []
    if findings.groups.contains(where: { $0.lockTime != nil }) {
      notes.append(
        "What restic calls \"created\" is the lock's last refresh; up to restic 0.9.6 it was its start.")
    }
    if findings.groups.contains(where: {
      $0.firstSeen?.basis == .incomplete || $0.lastSeen?.basis == .incomplete
    }) {
      notes.append("Some lines have no year and nothing near them has one: they are counted, not dated.")
    }
    let shared = findings.groups.contains { group in
      group.kind == .locked && group.holder?.isExclusive == false
    }
    if shared, let backups = findings.successes.first(where: { $0.operation == "backup" }) {
      notes.append(
        "A shared lock stops forget, prune and check, and no backup: backups succeeded \(Self.times(backups.count)) "
          + "in these logs, while what needs the repository alone failed.")
    }
    return notes.isEmpty ? [] : [""] + notes.flatMap { Self.wrapped($0, "") }
  }

  private static func wrapped(_ text: String, _ indent: String, hanging: String = "") -> [String] {
    // The blanks that align the first line are kept.
    let head = text.prefix(hanging.count)
    let rest = TextWrap.lines(String(text.dropFirst(hanging.count)), width: 100 - hanging.count)
    guard let first = rest.first else { return [indent + text] }
    return [indent + head + first] + rest.dropFirst().map { indent + hanging + $0 }
  }
}

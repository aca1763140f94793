internal import HostFacts
internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// Everything about one lock, for people.
struct ShowText {
  let assessment: Assessment
  let purpose: LockPurpose?
  let version: ResticVersion
  let terminal: Terminal

  func lines() -> [String] {
    var lines = [terminal.styled("lock \(TerminalText.escaped(assessment.lock.name))", .bold)]
    lines += field("verdict", verdict)
    lines += assessment.reasons.map { "              - \(TerminalText.escaped($0))" }
    lines += field(
      "purpose", purpose.map { "\($0.operation) (\($0.confidence.rawValue)): \($0.basis)" })
    lines += field("outlook", assessment.nextChange.map(NextChangeText.sentence))
    lines += record() + file()
    if let evidence = assessment.evidence {
      lines += silence(evidence) + process(evidence) + lineage(evidence.lineage)
      lines += field("file system", Self.locality(evidence.locality))
    }
    return lines + blocks()
  }

  private var verdict: String {
    terminal.styled(HolderText.verdict(assessment), HolderText.style(assessment)) + ": " + assessment.rule
  }

  private func record() -> [String] {
    guard let record = assessment.lock.record else { return [] }
    let kind =
      record.isExclusive
      ? "exclusive: blocks everything that locks" : "shared: blocks what needs exclusive access"
    return field("kind", kind)
      + field("refreshed", "\(record.time.instant.localText), \(HolderText.age(assessment)) ago")
      + field("", "as the lock says it: \(TerminalText.escaped(record.time.text)); the start is not recorded")
      + field("host", record.hostname.isEmpty ? "(none)" : TerminalText.escaped(record.hostname))
      + field("user", record.username.isEmpty ? "(none)" : TerminalText.escaped(record.username))
      + field(
        "IDs", "PID \(record.pid), UID \(record.uid), GID \(record.gid) (0 also where the lock has none)")
  }

  private func file() -> [String] {
    let lock = assessment.lock
    return field(
      "file",
      "\(lock.byteCount) bytes, " + (lock.modified.map { "written \($0.localText)" } ?? "no file time"))
      + field("defect", lock.defect.map { "\($0.kind.jsonName): \($0.message)" })
  }

  private func silence(_ evidence: LockEvidence) -> [String] {
    let silence = evidence.silence
    var lines: [String] = []
    func add(_ basis: String, _ measurement: SilenceMeasurement?) {
      guard let measurement else { return }
      let error = measurement.uncertaintySeconds.map { ", ±\(AgeText.text(seconds: $0))" } ?? ""
      let doubt = measurement.isSound ? "" : ", clock not known to be right"
      lines.append("\(basis): \(AgeText.text(seconds: measurement.seconds))\(error)\(doubt)")
    }
    add("by the lock's time", silence.lockTime)
    add("by the file's time", silence.storage)
    if let observed = silence.observed {
      let atMost = observed.atMostSeconds.map { ", at most \(AgeText.text(seconds: $0))" } ?? ""
      lines.append("by our watching: at least \(AgeText.text(seconds: observed.atLeastSeconds))\(atMost)")
    }
    lines += silence.notes
    return section("silence", lines) + field("clock", evidence.soundness.explanation)
  }

  private func process(_ evidence: LockEvidence) -> [String] {
    let process = evidence.process
    var lines = ["\(process.state.rawValue.replacing("_", with: " ")): \(process.reasons.first ?? "")"]
    lines += process.reasons.dropFirst()
    if let facts = process.process { lines += Self.details(of: facts) }
    return section("process", lines)
  }

  private static func details(of process: ProcessFacts) -> [String] {
    var lines: [String] = []
    if process.namespacePIDs.count > 1 {
      lines.append(
        "PID in each namespace: " + process.namespacePIDs.map(String.init).joined(separator: " > "))
    }
    if let state = process.state { lines.append("state: \(state.words)") }
    if case .readable(let path) = process.executable { lines.append("program: \(path)") }
    if let commandLine = ProcessText.commandLine(process) { lines.append("command line: \(commandLine)") }
    if let started = process.started, let running = process.runningSeconds {
      lines.append("started: \(started.localText), \(AgeText.text(seconds: running)) ago (by today's clock)")
    }
    if let container = process.controlGroup?.container { lines.append("container: \(container)") }
    if let unit = process.controlGroup?.systemdUnit { lines.append("systemd unit: \(unit)") }
    return lines + process.children.map { "child: \(ProcessText.line($0))" }
  }

  private func lineage(_ lineage: LineageEvidence) -> [String] {
    var lines: [String] = []
    if lineage.siblingCount > 0 {
      lines.append("\(lineage.siblingCount) more of the same holder and kind")
      let newer = lineage.siblings.filter(\.isNewer).map(\.id.short)
      if !newer.isEmpty { lines.append("newer than this one: \(newer.joined(separator: " "))") }
    }
    if let seen = lineage.refreshSeenSecondsAgo {
      lines.append("seen to replace an older lock \(AgeText.text(seconds: seen)) ago")
    }
    if let seen = lineage.firstSeenSecondsAgo, seen >= 60 {
      lines.append("seen at every look for \(AgeText.text(seconds: seen))")
    }
    return section("lineage", lines)
  }

  private static func locality(_ locality: FileSystemLocality?) -> String? {
    switch locality {
    case .local(let name): "\(name), which only this machine mounts"
    case .shared(let name): "\(name), which other machines may mount"
    case .unknown(let reason): "not known: \(reason)"
    case nil: nil
    }
  }

  private func blocks() -> [String] {
    if assessment.lock.isUnopened { return [] }
    let names = BlockedOperations(version: version) { $0 }.by(assessment.lock.obstacle)
    return section(
      "blocks", names.isEmpty ? ["nothing"] : TextWrap.lines(names.joined(separator: ", "), width: 80))
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.enumerated().flatMap { index, line in field(index == 0 ? title : "", TerminalText.escaped(line)) }
  }

  private func field(_ title: String, _ value: String?) -> [String] {
    guard let value else { return [] }
    let padded = title + String(repeating: " ", count: max(0, 12 - title.count))
    return ["  " + terminal.styled(padded, .dim) + value]
  }
}

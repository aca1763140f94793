internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The one-screen answer for people.
struct StatusText {
  let inspection: Inspection
  let summary: OperationSummary
  let terminal: Terminal
  let isVerbose: Bool

  private static let rowLimit = 12

  func lines() -> [String] {
    var lines = [headline]
    let assessments = inspection.assessments
    guard !assessments.isEmpty else {
      return lines + ["", Self.freeRemark]
    }
    lines += [""] + table(Array(assessments.prefix(Self.rowLimit)))
    if assessments.count > Self.rowLimit {
      lines.append("  … and \(assessments.count - Self.rowLimit) more: \(Self.counts(assessments))")
    }
    lines += why(assessments)
    if inspection.isComplete {
      lines += operations()
      lines += section("What to do", Advice(inspection).lines)
      if inspection.isFree { lines += ["", Self.freeRemark] }
    } else {
      lines += [
        "",
        "Without the password it can't be told who holds these locks, whether they live, or what they block.",
      ]
    }
    if !inspection.vanishedNames.isEmpty {
      lines += ["", "\(Self.locks(inspection.vanishedNames.count)) went away while this was read."]
    }
    return lines
  }

  private static let freeRemark =
    "No lock does not mean that nobody is writing: rustic, and restic with --no-lock, take none."

  private var headline: String {
    let place = TerminalText.escaped(inspection.location)
    let identity =
      inspection.config.map {
        " (repository \(TerminalText.short($0.id, characterLimit: 10)), format \($0.version))"
      }
      ?? ""
    let assessments = inspection.assessments.filter { $0.verdict != .debris }
    if inspection.isFree, inspection.isComplete {
      return terminal.styled("free", .good) + "  \(place)\(identity)"
    }
    let state = inspection.isComplete ? "locked" : "has locks"
    return terminal.styled(state, .bold) + "  \(place)\(identity): \(Self.locks(assessments.count))"
      + (inspection.isComplete ? ", \(Self.counts(assessments))" : "")
  }

  private func table(_ assessments: [Assessment]) -> [String] {
    var table = TextTable([
      .init(title: "ID"), .init(title: "KIND"), .init(title: "HOLDER"), .init(title: "REFRESHED"),
      .init(title: "VERDICT"),
    ])
    for assessment in assessments {
      let lock = assessment.lock
      let refreshed =
        assessment.evidence == nil
        ? lock.modified.map { "file of \($0.localText)" } ?? "" : "\(HolderText.age(assessment)) ago"
      table.add([
        .init(text: HolderText.shortID(lock)), .init(text: HolderText.kind(lock)),
        .init(
          text: lock.record.map { HolderText.holder($0, characterLimit: 28) } ?? "\(lock.byteCount) bytes"),
        .init(text: refreshed),
        .init(text: HolderText.verdict(assessment), style: HolderText.style(assessment)),
      ])
    }
    return table.lines(terminal, indent: "  ")
  }

  /// Locks with the same verdict for the same reasons share their lines.
  private func why(_ assessments: [Assessment]) -> [String] {
    var groups: [(rule: String, reasons: [String], ids: [String])] = []
    for assessment in assessments.prefix(Self.rowLimit) where assessment.verdict != nil {
      let reasons = isVerbose ? assessment.reasons : Array(assessment.reasons.prefix(2))
      if let index = groups.firstIndex(where: { $0.rule == assessment.rule && $0.reasons == reasons }) {
        groups[index].ids.append(HolderText.shortID(assessment.lock))
      } else {
        groups.append((assessment.rule, reasons, [HolderText.shortID(assessment.lock)]))
      }
    }
    let lines = groups.flatMap { group in
      ["\(group.ids.joined(separator: " "))  \(group.rule)"]
        + group.reasons.map { "  - \(TerminalText.escaped($0))" }
    }
    return section("Why", lines)
  }

  private func operations() -> [String] {
    guard !summary.blocked.isEmpty else { return [] }
    let lines = summary.blocked.flatMap { group -> [String] in
      let exits = group.exitCodes.map(String.init).joined(separator: " or ")
      let ids = group.blockedBy.prefix(6).map(\.short).joined(separator: " ")
      let more = group.blockedBy.count > 6 ? " and \(group.blockedBy.count - 6) more" : ""
      let delay = group.delaySeconds > 0 ? ", after up to \(group.delaySeconds) s" : ""
      var lines = TextWrap.lines(group.names.joined(separator: ", "), width: 96)
      lines.append("  by \(ids)\(more) (exit \(exits)\(delay))")
      if !group.unlockedNames.isEmpty {
        lines += TextWrap.lines(
          "with --no-lock these run all the same: " + group.unlockedNames.joined(separator: ", "), width: 94
        )
        .map { "  \($0)" }
      }
      return lines
    }
    let runnable =
      summary.runnable.isEmpty ? [] : TextWrap.lines(summary.runnable.joined(separator: ", "), width: 96)
    return section("Blocked now", lines) + section("Can run", runnable)
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", terminal.styled(title, .bold)] + lines.map { "  \($0)" }
  }

  static func locks(_ count: Int) -> String { count == 1 ? "1 lock" : "\(count) locks" }

  /// `1 held, 3 expired`, in the order of the verdicts.
  static func counts(_ assessments: [Assessment]) -> String {
    Verdict.allCases.compactMap { verdict in
      let count = assessments.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(count) \(verdict.rawValue)"
    }.joined(separator: ", ")
  }
}

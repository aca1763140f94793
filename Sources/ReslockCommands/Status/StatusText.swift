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
      lines += unopenedRemark
    }
    if !inspection.vanishedNames.isEmpty {
      lines += ["", "\(Self.locks(inspection.vanishedNames.count)) went away while this was read."]
    }
    return lines
  }

  /// What any lock blocks, whatever is in it.
  private var unopenedRemark: [String] {
    let certain = ResticOperation.all(in: summary.version).filter { operation in
      !operation.isVariant && (try? operation.lock(in: summary.version)) == .exclusive
    }
    return section(
      "Blocked for certain", TextWrap.lines(certain.map(\.name).joined(separator: ", "), width: 96))
      + [
        "",
        "Who holds these locks, whether they live, and whether backups are blocked, only the password can tell.",
      ]
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

  /// Locks judged by one rule share its lines: the reasons that all of them have.
  private func why(_ assessments: [Assessment]) -> [String] {
    var groups: [[Assessment]] = []
    for assessment in assessments where assessment.verdict != nil {
      if let index = groups.firstIndex(where: { $0.first?.rule == assessment.rule }) {
        groups[index].append(assessment)
      } else {
        groups.append([assessment])
      }
    }
    let lines = groups.flatMap { group -> [String] in
      guard let first = group.first else { return [] }
      let shared = first.reasons.filter { reason in group.allSatisfy { $0.reasons.contains(reason) } }
      let ids = ShortIDs.text(group.map(\.lock))
      return ["\(ids)  \(first.rule)"]
        + shared.prefix(isVerbose ? .max : 3).map { "  - \(TerminalText.escaped($0))" }
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

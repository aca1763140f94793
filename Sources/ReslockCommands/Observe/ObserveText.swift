internal import ResticLocks
internal import WallTime

/// A watch in the words of people.
enum ObserveText {
  /// `title` is the repository's, where there are several.
  static func line(_ event: ObservationEvent, of title: String? = nil) -> String {
    let head = title.map { [TerminalText.escaped($0) + ":"] } ?? []
    var parts = head + [event.time.localText, event.kind.rawValue.replacing("_", with: " ")]
    if let assessment = event.assessment {
      parts.append(HolderText.shortID(assessment.lock))
      if let record = assessment.lock.record { parts.append(HolderText.holder(record)) }
    }
    if let replaced = event.replacedName { parts.append("after \(replaced.prefix(8))") }
    return parts.joined(separator: "  ") + "  " + TerminalText.escaped(event.text)
  }

  static func summary(_ result: LockObserver.Result, _ terminal: Terminal) -> [String] {
    let assessments = result.inspection.assessments
    guard !assessments.isEmpty else { return ["no locks"] }
    return table(assessments, terminal)
      + [result.isDecided ? "every lock is decided" : "not decided yet: watch longer, or look again later"]
  }

  static func table(_ assessments: [Assessment], _ terminal: Terminal) -> [String] {
    var table = TextTable([
      TextTable.Column(title: "ID"), TextTable.Column(title: "KIND"), TextTable.Column(title: "HOLDER"),
      TextTable.Column(title: "SILENT FOR"), TextTable.Column(title: "WATCHED FOR"),
      TextTable.Column(title: "VERDICT"),
    ])
    for assessment in assessments {
      let watched = assessment.silence?.observed.map { AgeText.text(seconds: $0.atLeastSeconds) } ?? "-"
      table.add([
        TextTable.Cell(text: HolderText.shortID(assessment.lock)),
        TextTable.Cell(text: HolderText.kind(assessment.lock)),
        TextTable.Cell(text: assessment.lock.record.map { HolderText.holder($0, characterLimit: 24) } ?? "-"),
        TextTable.Cell(text: HolderText.age(assessment)), TextTable.Cell(text: watched),
        TextTable.Cell(text: HolderText.verdict(assessment), style: HolderText.style(assessment)),
      ])
    }
    return table.lines(terminal)
  }
}

internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// A row a lock, for people.
struct ListText {
  let assessments: [Assessment]
  let isWide: Bool
  let terminal: Terminal

  func lines() -> [String] {
    guard !assessments.isEmpty else { return [] }
    var columns: [TextTable.Column] = [
      .init(title: "ID"), .init(title: "KIND"), .init(title: "AGE", alignsRight: true),
      .init(title: "HOLDER"),
      .init(title: "PID", alignsRight: true), .init(title: "VERDICT"),
    ]
    if isWide {
      columns += ["UID:GID", "LAST REFRESH", "FILE TIME", "SIZE", "WHY"].map { TextTable.Column(title: $0) }
    }
    var table = TextTable(columns)
    for assessment in assessments { table.add(row(assessment)) }
    return table.lines(terminal)
  }

  private func row(_ assessment: Assessment) -> [TextTable.Cell] {
    let lock = assessment.lock
    let record = lock.record
    var cells: [TextTable.Cell] = [
      .init(text: isWide ? TerminalText.escaped(lock.name) : HolderText.shortID(lock)),
      .init(text: HolderText.kind(lock)),
      .init(text: HolderText.age(assessment)),
      .init(text: record.map { HolderText.userAndHost($0, characterLimit: isWide ? 120 : 28) } ?? "-"),
      .init(text: record.map { String($0.pid) } ?? "-"),
      .init(text: HolderText.verdict(assessment), style: HolderText.style(assessment)),
    ]
    if isWide {
      cells += [
        .init(text: record.map { "\($0.uid):\($0.gid)" } ?? "-"),
        .init(text: record.map { $0.time.instant.localText } ?? "-"),
        .init(text: lock.modified.map(\.localText) ?? "-"),
        .init(text: "\(lock.byteCount)"),
        .init(text: TerminalText.short(assessment.reasons.first ?? assessment.rule, characterLimit: 160)),
      ]
    }
    return cells
  }
}

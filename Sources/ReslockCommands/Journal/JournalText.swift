internal import ResticLocks
internal import WallTime

/// The journal's removals for people.
enum JournalText {
  static func lines(_ removals: [JournalRemoval], _ terminal: Terminal) -> [String] {
    guard !removals.isEmpty else { return [] }
    var table = TextTable([
      TextTable.Column(title: "TIME"), TextTable.Column(title: "ID"), TextTable.Column(title: "HOLDER"),
      TextTable.Column(title: "VERDICT"), TextTable.Column(title: "OUTCOME"), TextTable.Column(title: "BY"),
      TextTable.Column(title: "REPOSITORY"),
    ])
    for removal in removals {
      table.add(
        [
          removal.time.localText, TerminalText.short(String(removal.name.prefix(8)), characterLimit: 8),
          removal.record.map { HolderText.holder($0, characterLimit: 24) } ?? "-",
          removal.verdict + (removal.ground == "verdict" ? "" : " (\(removal.ground))"), outcome(removal),
          TerminalText.short(removal.askedBy, characterLimit: 32),
          TerminalText.short(removal.location, characterLimit: 60),
        ].map { TextTable.Cell(text: $0) })
    }
    return table.lines(terminal)
  }

  private static func outcome(_ removal: JournalRemoval) -> String {
    if removal.isRestored { return "restored" }
    return removal.outcome?.rawValue ?? "interrupted"
  }
}

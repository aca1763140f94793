/// Columns of text, each as wide as its widest cell; numbers to the right.
struct TextTable {
  struct Column {
    let title: String
    var alignsRight = false
  }

  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  struct Cell {
    let text: String
    var style = Style.plain
  }

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines, without trailing blanks.
  func lines(_ terminal: Terminal, indent: String = "") -> [String] {
    let header = columns.map { Cell(text: $0.title, style: .dim) }
    let all = [header] + rows
    let widths = columns.indices.map { index in
      all.map { index < $0.count ? $0[index].text.count : 0 }.max() ?? 0
    }
    return all.map { row in
      var line = indent
      for (index, cell) in row.enumerated() where index < columns.count {
        let padding = String(repeating: " ", count: max(0, widths[index] - cell.text.count))
        let styled = terminal.styled(cell.text, cell.style)
        let isLast = index == columns.count - 1
        line += columns[index].alignsRight ? padding + styled : styled + (isLast ? "" : padding)
        if !isLast { line += "  " }
      }
      return String(line)
    }
  }
}

import Foundation

/// The table that `make bench` prints, a row as soon as it is measured.
enum Table {
  static func printHeader() {
    show(line("work: reslock / restic", "restic ms", "reslock ms", "ratio", "bar", "met"))
    show(line(String(repeating: "-", count: workWidth), "---------", "----------", "-----", "---", "---"))
  }

  static func printRow(_ row: Measurement) {
    show(
      line(
        row.work, milliseconds(row.resticSeconds), milliseconds(row.reslockSeconds),
        String(format: "%.4f", row.ratio), String(format: "%.4f", row.bar), row.isMet ? "yes" : "NO"))
  }

  private static let workWidth = 40

  private static func milliseconds(_ seconds: Double) -> String { String(format: "%.1f", seconds * 1000) }

  private static func line(
    _ work: String, _ restic: String, _ reslock: String, _ ratio: String, _ bar: String, _ met: String
  ) -> String {
    let numbers = [(restic, 10), (reslock, 11), (ratio, 9), (bar, 9), (met, 5)].map { text, width in
      String(repeating: " ", count: max(width - text.count, 1)) + text
    }
    return work.padding(toLength: workWidth, withPad: " ", startingAt: 0) + numbers.joined()
  }
}

/// Prints at once, so that a long run shows each row when it is known, in a pipe too.
func show(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

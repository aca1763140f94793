/// How much a configuration text may hold: files are foreign until shown otherwise.
enum DocumentLimits {
  /// A thousand repositories take half a megabyte.
  static let byteCount = 8 << 20
  static let depth = 64
  /// Counted after aliases are put in place, so that a few lines can't stand for billions.
  static let nodeCount = 500_000
}

/// Counts the nodes of a document while it is read.
struct NodeBudget {
  private var left = DocumentLimits.nodeCount

  mutating func take(_ count: Int = 1, line: Int) throws(DocumentError) {
    left -= count
    guard left >= 0 else {
      throw DocumentError("it holds more than \(DocumentLimits.nodeCount) values", line: line)
    }
  }
}

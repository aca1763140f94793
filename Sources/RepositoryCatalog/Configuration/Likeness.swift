/// What a mistyped word was meant to be.
package enum Likeness {
  /// The word that takes the fewest changes to become, if they are few; `nil` where none is near.
  package static func closest(to word: String, among candidates: [String]) -> String? {
    // Longer words are no keys and would cost time.
    guard word.utf8.count <= 64 else { return nil }
    let scored = candidates.map { (candidate: $0, distance: distance(normal(word), normal($0))) }
    guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, word.utf8.count / 3) ? best.candidate : nil
  }

  private static func normal(_ word: String) -> [UInt8] {
    word.lowercased().utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
  }

  /// Levenshtein's: the fewest insertions, deletions and replacements.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let above = row[column + 1]
        row[column + 1] = min(above + 1, row[column] + 1, diagonal + (byte == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}

internal import ResticLocks
internal import WallTime

/// What time alone will make of a lock, in words.
enum NextChangeText {
  static func sentence(_ change: NextChange) -> String {
    switch change.condition {
    case .notRefreshed:
      "if it is not refreshed, it counts as \(change.verdict.rawValue) from \(change.at.localText)"
    case .stillThere:
      "look again after \(change.at.localText): if it is still there then, it counts as \(change.verdict.rawValue)"
    }
  }
}

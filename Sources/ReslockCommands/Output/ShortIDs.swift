internal import ResticLocks

/// The first IDs of many locks, and how many more there are.
enum ShortIDs {
  private static let limit = 4

  static func text(_ locks: [LockFile]) -> String {
    let more = locks.count > limit ? " and \(locks.count - limit) more" : ""
    return locks.prefix(limit).map(HolderText.shortID).joined(separator: " ") + more
  }
}

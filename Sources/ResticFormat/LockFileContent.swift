/// What the bytes of a lock file turned out to be.
package enum LockFileContent: Hashable, Sendable {
  case sound(LockRecord)
  /// Sound content under a name that is not its hash: restic fails on it, yet its holder may live.
  case misnamed(LockRecord, LockDefect)
  case defective(LockDefect)

  package var record: LockRecord? {
    switch self {
    case .sound(let record), .misnamed(let record, _): record
    case .defective: nil
    }
  }

  package var defect: LockDefect? {
    switch self {
    case .sound: nil
    case .misnamed(_, let defect), .defective(let defect): defect
    }
  }
}

internal import ResticFormat
internal import ResticLocks

/// The plain commands, without variants, that a lock blocks; worked out once, as all locks of a kind block the same.
struct BlockedOperations: Sendable {
  private let byShared: [String]
  private let byExclusive: [String]
  private let byUnusable: [String]
  private let byEmpty: [String]

  init(version: ResticVersion) {
    func names(_ obstacle: (ObjectID) -> LockObstacle) -> [String] {
      guard let anyID = ObjectID(hex: String(repeating: "0", count: 64)) else { return [] }
      return Forecast.operationsBlocked(by: obstacle(anyID), version: version).filter { !$0.isVariant }.map(
        \.name)
    }
    byShared = names { .readable($0, exclusive: false) }
    byExclusive = names { .readable($0, exclusive: true) }
    byUnusable = names(LockObstacle.unusable)
    byEmpty = names(LockObstacle.empty)
  }

  func names(by obstacle: LockObstacle) -> [String] {
    switch obstacle {
    case .readable(_, let isExclusive): isExclusive ? byExclusive : byShared
    case .unusable: byUnusable
    case .empty: byEmpty
    case .notALock: []
    }
  }
}

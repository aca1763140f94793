internal import ResticFormat

/// The plain commands, without variants, that a lock blocks, in some form of text.
///
/// Worked out once, as all locks of a kind block the same.
package struct BlockedOperations<Text: Sendable>: Sendable {
  private let shared: Text
  private let exclusive: Text
  private let unusable: Text
  private let empty: Text
  private let stray: Text

  package init(version: ResticVersion, text: ([String]) -> Text) {
    func names(_ obstacle: (ObjectID) -> LockObstacle) -> Text {
      guard let anyID = ObjectID(hex: String(repeating: "0", count: 64)) else { return text([]) }
      return text(
        Forecast.operationsBlocked(by: obstacle(anyID), version: version)
          .filter { !$0.isVariant }.map(\.name))
    }
    shared = names { .readable($0, exclusive: false) }
    exclusive = names { .readable($0, exclusive: true) }
    unusable = names(LockObstacle.unusable)
    empty = names(LockObstacle.empty)
    stray = text([])
  }

  package func by(_ obstacle: LockObstacle) -> Text {
    switch obstacle {
    case .readable(_, let isExclusive): isExclusive ? exclusive : shared
    case .unusable: unusable
    case .empty: empty
    case .notALock: stray
    }
  }
}

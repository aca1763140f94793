internal import ResticLocks

/// The plain commands, without variants, that an obstacle blocks.
enum BlockedOperations {
  static func names(by obstacle: LockObstacle, version: ResticVersion) -> [String] {
    Forecast.operationsBlocked(by: obstacle, version: version).filter { !$0.isVariant }.map(\.name)
  }
}

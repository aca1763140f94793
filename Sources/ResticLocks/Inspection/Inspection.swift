package import ResticFormat

/// What one look at a repository's locks found.
package struct Inspection: Sendable {
  /// The location as it may be shown.
  package let location: String
  /// The name that the user's configuration has for the repository; `nil` for a plain location.
  package let name: String?
  /// `nil` where `config` was not opened: no lock made it necessary, or there was no password.
  package let config: RepositoryConfig?
  /// SHA-256 of the `config` file; `nil` where it was only looked at.
  package let configSHA256: String?
  /// Oldest first, then by name.
  package let assessments: [Assessment]
  /// Locks that were listed and gone when we came to read or judge them.
  package let vanishedNames: [String]

  package init(
    location: String, name: String? = nil, config: RepositoryConfig? = nil, configSHA256: String? = nil,
    assessments: [Assessment] = [], vanishedNames: [String] = []
  ) {
    self.location = location
    self.name = name
    self.config = config
    self.configSHA256 = configSHA256
    self.assessments = assessments
    self.vanishedNames = vanishedNames
  }

  /// Every lock was opened, so that forecasts are certain.
  package var isComplete: Bool { !assessments.contains { $0.lock.isUnopened } }
  /// Nothing here is in the way of anything.
  package var isFree: Bool {
    obstacles.allSatisfy { obstacle in Forecast.operationsBlocked(by: obstacle).isEmpty }
  }
  package var obstacles: [LockObstacle] { assessments.map(\.lock.obstacle) }
  var staleNames: [String] {
    assessments.compactMap { $0.verdict?.isStale == true ? $0.lock.name : nil }
  }
  package var hasUnreadable: Bool { assessments.contains { $0.verdict == .unreadable } }
}

internal import ResticLocks

/// What `check` is asked, and what it lets pass.
struct CheckRules: Sendable {
  let operations: [ResticOperation]
  let version: ResticVersion
  /// Nobody named operations: a `forget` that a running backup blocks is no news then.
  let isDefault: Bool
  let isStrict: Bool
  let warningAgeSeconds: Double
  let criticalAgeSeconds: Double

  static let defaultWarningAgeSeconds: Double = 86_400
  static let defaultCriticalAgeSeconds: Double = 3 * 86_400

  /// The leftover of a backup blocks only the second, and nobody notices.
  static let defaultOperationNames = ["backup", "forget"]

  /// Whether an operation is blocked by nothing that a person should hear of: living holders, not for long yet.
  func bears(_ check: OperationCheck) -> Bool {
    isDefault && check.operation.name == "forget"
      && check.isBlockedOnlyByLife(youngerThan: warningAgeSeconds)
  }
}

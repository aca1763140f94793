/// A message about a lock, before it is counted.
struct LockFailure {
  var kind: LockFailureKind
  var holder: LogHolder?
  /// The first digits of the lock's ID.
  var lockID: String?
  var detail = ""
  /// "lock was created at", in the zone of whoever wrote the lock.
  var lockTime: LogTime?
  var ageSeconds: Double?
  var ageText = ""
  var exitCode: Int64?
  var time: LineTime?
  /// The time of an earlier line of the same stream, for a line that has none.
  var contextTime: LineTime?
  var source: String
  var command: FailedCommand?
  let line: Int
  let file: Int

  /// What the failing machine's clock showed, in the zone of whoever wrote the lock.
  var claimedTime: LogTime? {
    guard let lockTime, let ageSeconds else { return nil }
    return lockTime.adding(seconds: ageSeconds)
  }

  /// The same message told twice, once as restic wrote it and once by a wrapper: ages count nanoseconds.
  func isEcho(of other: LockFailure) -> Bool {
    if kind == .locked, other.kind == .locked {
      guard holder == other.holder else { return false }
      if !ageText.isEmpty, !other.ageText.isEmpty {
        return ageText == other.ageText && lockTime == other.lockTime
      }
      // One of the two was cut off before its age.
      return line - other.line <= LockFailureLogReader.blockLineLimit
        && (ageText.isEmpty != other.ageText.isEmpty)
    }
    return false
  }

  /// Takes from an echo what was missing here.
  mutating func merge(_ echo: LockFailure) {
    lockID = lockID ?? echo.lockID
    lockTime = lockTime ?? echo.lockTime
    ageSeconds = ageSeconds ?? echo.ageSeconds
    if ageText.isEmpty { ageText = echo.ageText }
    exitCode = exitCode ?? echo.exitCode
    time = time ?? echo.time
    command = FailedCommand.merged(command, echo.command)
  }
}

/// What could not run.
package struct FailedCommand: Hashable, Sendable {
  /// As restic or the wrapper names it.
  package var operation: String
  /// The wrapper's name for it: a profile, plan, repository or location.
  package var label: String?
  /// The command of restic that failed within it, where that is another.
  package var resticCommand: String?

  /// What a wrapper calls it says more than the command it happened to fail in.
  static func merged(_ first: FailedCommand?, _ second: FailedCommand?) -> FailedCommand? {
    guard let first, let second else { return first ?? second }
    guard first.label == nil, second.label != nil else { return first }
    var merged = second
    if first.operation != second.operation { merged.resticCommand = first.operation }
    return merged
  }
}

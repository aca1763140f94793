internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// A wait in the words of people.
enum WaitText {
  /// Told when those in the way change: who they are, and how long there is left.
  static func waiting(_ look: OperationWaiter.Look) -> String {
    "\(look.check.operation.name) is blocked by \(CheckText.holders(look.check.blockers)); "
      + "waiting, \(AgeText.text(seconds: look.secondsLeft)) left"
  }

  /// Shown on a terminal while nothing changes.
  static func passing(_ look: OperationWaiter.Look) -> String {
    let first = look.check.blockers.first
    let who = first?.lock.record.map { HolderText.holder($0, characterLimit: 16) } ?? "a lock file"
    let age = first.map { ", refreshed \(HolderText.age($0)) ago" } ?? ""
    return "waiting for \(who)\(age); \(AgeText.text(seconds: look.secondsLeft)) left"
  }

  static func summary(_ result: OperationWaiter.Result) -> String {
    let (look, name) = (result.look, result.look.check.operation.name)
    let waited = AgeText.text(seconds: look.waitedSeconds)
    switch result.ending {
    case .canRun:
      let removed = result.unlockReports.map { $0.count(.removed) }.reduce(0, +)
      return "\(name) can run" + (look.waitedSeconds >= 1 ? " after \(waited)" : "")
        + (removed > 0 ? "; \(StatusText.locks(removed)) removed (reslock undo --last takes it back)" : "")
    case .timedOut:
      return "\(name) is still blocked after \(waited) by \(CheckText.holders(look.check.blockers))"
    case .interrupted:
      return "interrupted after \(waited): \(name) was blocked by \(CheckText.holders(look.check.blockers))"
    case .alarm:
      return
        "\(name) should not be run: the holder of a lock that was removed lives, and nothing more was removed"
    }
  }
}

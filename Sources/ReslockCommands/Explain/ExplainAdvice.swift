internal import LockFailureLogs
internal import ResticLocks
internal import WallTime

/// What a person can do about the failures in a log.
enum ExplainAdvice {
  private static let lineLimit = 8
  private static let staleAgeSeconds = 1800.0

  static func lines(_ findings: LogFindings, _ fates: [LockFate?], _ inspection: Inspection?) -> [String] {
    var lines: [String] = []
    let place = inspection.map { TerminalText.short($0.location, characterLimit: 80) } ?? "REPOSITORY"
    for (group, fate) in zip(findings.groups, fates) {
      for line in advice(group, fate, place) where !lines.contains(line) && lines.count < lineLimit {
        lines.append(line)
      }
    }
    if findings.groups.contains(where: { $0.kind == .damagedLock }) {
      lines.append(
        "do not follow the advice to remove all locks, which restic gives with invalid ones: it removes living ones too"
      )
    }
    return lines
  }

  private static func advice(_ group: LockFailureGroup, _ fate: LockFate?, _ place: String) -> [String] {
    switch group.kind {
    case .locked: lockedAdvice(group, fate, place)
    case .waiting: ["reslock status -r \(place) says who is being waited for"]
    case .damagedLock:
      [
        "reslock status -r \(place) names the damaged lock; reslock unlock --damaged -r \(place) removes such files, "
          + "and nothing else"
      ]
    case .unreadableLock:
      [
        "reslock status -r \(place) says which lock can't be read and why: look at its permissions and the storage"
      ]
    case .notCreated:
      ["see to it that this user may write into the repository's locks, and that there is room"]
    case .notRefreshed:
      [
        "a run that can't renew its lock for 22 minutes gives up: look at the connection and the storage at that time; "
          + "what it left, reslock status -r \(place) shows"
      ]
    case .removedWhileHeld:
      [
        "something removed the lock of a run that was alive: find what runs unlock, and check the repository with "
          + "restic check"
      ]
    case .notRemoved:
      [
        "the lock was left behind: see that this user may delete in locks; reslock unlock -r \(place) removes it once "
          + "its holder is gone"
      ]
    }
  }

  private static func lockedAdvice(_ group: LockFailureGroup, _ fate: LockFate?, _ place: String) -> [String]
  {
    let holder = group.holder.map(ExplainText.holder) ?? "its holder"
    guard let fate else {
      var line =
        "reslock status -r \(place) shows whether the lock of \(holder) is still there and whether it lives"
      if isSilent(group) {
        line +=
          "; it was not refreshed for \(AgeText.text(seconds: group.longestAgeSeconds ?? 0)), and a living restic "
          + "does that every 5 minutes: reslock unlock -r \(place) removes it if nothing shows life"
      } else {
        line += "; it was being refreshed when this log was written, so wait for it or end it where it runs"
      }
      return [line]
    }
    switch fate.state {
    case .gone: return ["the lock of \(holder) is gone: nothing to do about it"]
    case .unknown:
      return ["reslock status -r \(place), with the password, says what became of the lock of \(holder)"]
    case .there, .newer:
      let isRemovable = fate.assessments.allSatisfy { assessment in
        [.dead, .superseded, .expired].contains(assessment.verdict)
      }
      return [
        isRemovable
          ? "reslock unlock -r \(place) removes the lock of \(holder), whose holder is gone or taken for gone"
          : "the lock of \(holder) may be alive: reslock status -r \(place) says why, and when that changes"
      ]
    }
  }

  /// Silent for longer than any living restic is, and never seen with another ID.
  private static func isSilent(_ group: LockFailureGroup) -> Bool {
    group.lockIDCount <= 1 && (group.longestAgeSeconds ?? 0) > staleAgeSeconds
  }
}

internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// Locks and their holders in the words of people.
enum HolderText {
  static func kind(_ lock: LockFile) -> String {
    guard let record = lock.record else { return "-" }
    return record.isExclusive ? "exclusive" : "shared"
  }

  /// `root@web1`, each part cut to what a table can bear.
  static func userAndHost(_ record: LockRecord, characterLimit: Int) -> String {
    let user = record.username.isEmpty ? "UID \(record.uid)" : record.username
    let host = record.hostname.isEmpty ? "(no host)" : record.hostname
    return TerminalText.short(user, characterLimit: characterLimit) + "@"
      + TerminalText.short(host, characterLimit: characterLimit)
  }

  /// `root@web1, PID 812`.
  static func holder(_ record: LockRecord, characterLimit: Int = 40) -> String {
    "\(userAndHost(record, characterLimit: characterLimit)), PID \(record.pid)"
  }

  /// How long ago, by the basis that the age rests on.
  static func age(_ assessment: Assessment) -> String {
    guard assessment.lock.record != nil, let age = assessment.evidence?.silence.age else { return "-" }
    return AgeText.text(seconds: age.seconds)
  }

  static func verdict(_ assessment: Assessment) -> String {
    guard let verdict = assessment.verdict else { return "not opened" }
    return assessment.isStuck ? "\(verdict.rawValue) (stuck)" : verdict.rawValue
  }

  /// `a damaged`, `an unreadable`.
  static func withArticle(_ assessment: Assessment) -> String {
    let word = verdict(assessment)
    return (word.first.map("aeiou".contains) ?? false ? "an " : "a ") + word
  }

  static func style(_ assessment: Assessment) -> Style {
    switch assessment.verdict {
    case .held: assessment.isStuck ? .attention : .good
    case .fresh: .good
    case .dead, .superseded, .expired, .damaged, .unreadable: .bad
    case .uncertain: .attention
    case .debris, .empty, nil: .dim
    }
  }

  static func shortID(_ lock: LockFile) -> String {
    lock.id?.short ?? TerminalText.short(lock.name, characterLimit: 24)
  }
}

internal import ResticLocks

/// What a person reads before a lock is removed whatever its verdict.
enum ForceText {
  static func lines(_ assessment: Assessment) -> [String] {
    let lock = assessment.lock
    var lines = [
      "\(TerminalText.escaped(lock.name)): \(HolderText.verdict(assessment)), \(TerminalText.escaped(assessment.rule))"
    ]
    if let record = lock.record {
      lines.append(
        "  \(HolderText.kind(lock)), \(HolderText.holder(record)), refreshed \(HolderText.age(assessment)) ago"
      )
      lines.append(
        "  if its holder lives, removing the lock does not stop it: it keeps running, and writes a new lock within five "
          + "minutes beside whatever was started meanwhile")
    }
    return lines
  }
}

internal import HostFacts
internal import ResticFormat

/// The command of restic that a lock is likely there for; no lock says so itself.
package struct LockPurpose: Hashable, Sendable {
  package enum Confidence: String, Sendable {
    case certain, likely, possible
  }

  package let operation: String
  package let confidence: Confidence
  /// What that rests on, in a sentence.
  package let basis: String
}

extension Assessment {
  /// What the process that holds the lock says, or else its kind; `nil` where neither tells.
  package var purpose: LockPurpose? {
    guard let record = lock.record else { return nil }
    if let process = evidence?.process, process.state == .alive,
      case .readable(let arguments) = process.process?.commandLine,
      let operation = ResticOperation.name(inCommandLine: arguments)
    {
      return LockPurpose(
        operation: operation, confidence: .certain,
        basis: "the process that holds it runs restic \(operation)")
    }
    guard record.isExclusive else { return nil }
    return LockPurpose(
      operation: "prune or the like", confidence: .possible,
      basis: "restic locks exclusively for prune, forget, check and a few more")
  }
}

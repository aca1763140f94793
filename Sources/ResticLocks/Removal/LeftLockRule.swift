internal import HostFacts
internal import ResticFormat

/// Which locks a command left behind that did not end by itself, as far as the one who ran it can prove.
///
/// It narrows what `unlock` would remove, and never widens it.
package struct LeftLockRule: Sendable {
  /// This machine's name as restic writes it; aliases are other places' names for it, which no command here writes.
  package let hostName: String
  /// The names that were there before the command was started.
  package let earlierNames: Set<String>
  /// The user IDs of the descendants that ended and were collected by us, by their PIDs.
  package let reaped: [Int64: UInt32]
  /// The kinds of lock that the command takes: whether they are exclusive.
  package let exclusivities: Set<Bool>

  package init(
    hostName: String, earlierNames: Set<String>, reaped: [Int64: UInt32], exclusivities: Set<Bool>
  ) {
    self.hostName = hostName
    self.earlierNames = earlierNames
    self.reaped = reaped
    self.exclusivities = exclusivities
  }

  /// What is to become of a lock.
  package enum Finding: Sendable, Hashable {
    /// The command did not leave it: it was there before, or its holder is none of the command's processes.
    case foreign(String)
    /// The command may have left it, and it stays for this reason.
    case unproven(String)
    case left
  }

  package func finding(on assessment: Assessment, among all: [Assessment]) -> Finding {
    guard !earlierNames.contains(assessment.lock.name) else {
      return .foreign("it was there before the command was started")
    }
    guard let record = assessment.lock.record else {
      return .unproven("it does not tell its holder: \(assessment.rule)")
    }
    guard record.hostname.utf8.elementsEqual(hostName.utf8), !hostName.isEmpty else {
      return .foreign("another host wrote it")
    }
    let state = assessment.evidence?.process.state
    guard let userID = reaped[record.pid] else {
      return state == .alive
        ? .foreign("its process is alive")
        : .unproven("PID \(record.pid) is none whose end was seen from here")
    }
    guard record.uid == userID else {
      return .unproven("it names UID \(record.uid), and PID \(record.pid) ran as UID \(userID)")
    }
    guard exclusivities.contains(record.isExclusive) else {
      return .unproven(
        "it is \(record.isExclusive ? "exclusive" : "shared"), which the command does not take")
    }
    let others = all.filter { other in
      guard other.lock.name != assessment.lock.name, let otherRecord = other.lock.record else { return false }
      return Self.isSameHolder(otherRecord, record)
    }
    if let other = others.first {
      return .unproven("\(other.lock.id?.short ?? other.lock.name) names the same holder")
    }
    guard assessment.verdict == .dead, state == .absent else {
      let reason = assessment.evidence?.process.reasons.dropFirst(state == .absent ? 1 : 0).first
      return .unproven(
        state == .absent
          ? "its process is gone, but other machines may write to this repository: it is \(assessment.verdict?.rawValue ?? "not opened") still"
          : "that its process is gone can't be told here: \(reason ?? assessment.rule)")
    }
    return .left
  }

  /// The kind is left out of account: `copy` holds two locks at once.
  private static func isSameHolder(_ left: LockRecord, _ right: LockRecord) -> Bool {
    left.pid == right.pid && left.hostname.utf8.elementsEqual(right.hostname.utf8)
  }
}

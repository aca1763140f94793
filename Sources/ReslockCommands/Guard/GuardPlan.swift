package import ResticLocks

/// The operations that a command runs, as far as locks are concerned.
package struct GuardPlan: Sendable {
  package let operations: [ResticOperation]
  package let version: ResticVersion

  package init(operations: [ResticOperation], version: ResticVersion) {
    self.operations = operations
    self.version = version
  }

  /// The operation that needs most: what lets it run lets every other one run.
  package var strictest: ResticOperation? {
    let needs = operations.map { (operation: $0, need: need(of: $0)) }
    return needs.first { $0.need == .exclusive }?.operation ?? needs.first { $0.need == .shared }?.operation
  }

  /// The kinds of lock that the command may leave: whether they are exclusive.
  package var exclusivities: Set<Bool> {
    let needs = operations.compactMap { need(of: $0) }
    return Set((needs.contains(.exclusive) ? [true] : []) + (needs.contains(.shared) ? [false] : []))
  }

  private func need(of operation: ResticOperation) -> LockNeed? { try? operation.lock(in: version) }
}

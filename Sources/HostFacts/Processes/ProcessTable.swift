/// Looks at the processes of this machine.
package struct ProcessTable: Sendable {
  /// Looks once, for all PIDs that locks name.
  ///
  /// Sends no signal but 0, and none to PIDs that are not positive.
  package let take: @Sendable (_ wanted: Set<Int64>) -> ProcessSnapshot

  package init(take: @escaping @Sendable (_ wanted: Set<Int64>) -> ProcessSnapshot) {
    self.take = take
  }
}

/// Looks at the processes of this machine.
package struct ProcessTable: Sendable {
  /// Looks once, for all PIDs that locks name.
  ///
  /// Call it after those locks were read: a holder that started in between would be missed otherwise. Sends no signal
  /// but 0, and none to PIDs that are not positive. Never fails: what could not be seen is a hindrance of the snapshot.
  package let take: @Sendable (_ wanted: Set<Int64>) -> ProcessSnapshot

  package init(take: @escaping @Sendable (_ wanted: Set<Int64>) -> ProcessSnapshot) {
    self.take = take
  }
}

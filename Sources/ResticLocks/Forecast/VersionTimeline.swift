/// What holds from which version on: restic's history as data.
package struct VersionTimeline<Value: Sendable>: Sendable {
  private let initial: Value
  private let changes: [(since: ResticVersion, value: Value)]

  /// `initial` holds before the first change; `changes` are in the order of their versions.
  package init(_ initial: Value, _ changes: (since: ResticVersion, value: Value)...) {
    self.initial = initial
    self.changes = changes
  }

  package func value(in version: ResticVersion) -> Value {
    changes.last { $0.since <= version }?.value ?? initial
  }

  /// The first version whose value satisfies `condition`; `nil` when none does or the initial one does.
  package func firstVersion(where condition: (Value) -> Bool) -> ResticVersion? {
    condition(initial) ? nil : changes.first { condition($0.value) }?.since
  }
}

/// What a run of `unlock` may take.
package struct UnlockRequest: Sendable {
  /// The locks that it is about; a selection narrows what may go, and never widens it.
  package var selects: @Sendable (Assessment) -> Bool = { _ in true }
  /// Names that go whatever their verdict is: each was confirmed by a person, or by flags that say so.
  package var forcedNames: Set<String> = []
  /// Whether leftovers, empty and damaged files go too, once they are old enough.
  package var takesDamaged = false
  /// Only what stands in the way of this operation.
  package var operation: ResticOperation?
  package var version: ResticVersion = .newest
  /// A person sees what happens, or said yes beforehand.
  package var isAttended = false
  /// The verdicts are those of `--rules restic`, which is for looking only.
  package var followsResticRules = false

  /// Only what a command of ours left behind, and can be proven to have.
  package var leftBehind: LeftLockRule?

  /// Why nothing goes that no person named; `nil` as a rule.
  package var haltReason: String?

  package init() {}
}

/// What is to become of one file in `locks/`, and why.
///
/// A class, so that ten thousand of them can be handed on from step to step without copying their assessments.
package final class RemovalDecision: Sendable {
  package enum Ground: String, Sendable {
    /// The verdict says that its holder is gone.
    case verdict
    /// It is no sound lock, and old enough (`--damaged`).
    case damaged
    /// A person wants it (`--id … --force`).
    case forced
  }

  package enum Kind: Sendable, Equatable {
    case remove(Ground)
    /// It stays for this reason.
    case keep(String)
    /// The selection leaves it out.
    case notSelected(String)
  }

  package let assessment: Assessment
  package let kind: Kind

  init(assessment: Assessment, kind: Kind) {
    self.assessment = assessment
    self.kind = kind
  }

  package var ground: Ground? { if case .remove(let ground) = kind { ground } else { nil } }
}

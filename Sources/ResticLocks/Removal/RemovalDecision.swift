/// What is to become of one file in `locks/`, and why.
package struct RemovalDecision: Sendable {
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

  package var ground: Ground? { if case .remove(let ground) = kind { ground } else { nil } }
}

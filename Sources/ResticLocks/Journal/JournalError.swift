/// Why the journal can't be read or written; nothing is removed then.
package struct JournalError: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// There is no place to keep one.
    case noPlace
    /// The system refused; nothing was added.
    case system
    /// What is there is no journal, or none that could be continued.
    case notAJournal
    /// It holds nothing of the kind that was asked for.
    case nothingFound
  }

  package let kind: Kind
  package let description: String
  package let hint: String?

  package init(_ kind: Kind, _ description: String, hint: String? = nil) {
    self.kind = kind
    self.description = description
    self.hint = hint
  }

  static func system(_ path: String, _ action: String, _ code: Errno) -> JournalError {
    JournalError(
      .system, "the journal \(path) cannot be \(action): \(code.description)",
      hint: "nothing is removed without it; name another place with --journal")
  }
}

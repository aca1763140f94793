/// Why a repository's location can't be used, and what to write instead.
package struct LocationError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// No location was given.
    case missing
    /// What stands before the first colon is no backend.
    case unknownBackend
    /// The location breaks its backend's grammar.
    case malformed
  }

  package let kind: Kind
  /// The location with its secrets hidden.
  package let location: String
  package let problem: String
  /// What to do next.
  package let hint: String

  package init(_ kind: Kind, location: String, problem: String, hint: String) {
    self.kind = kind
    self.location = RepositoryLocation.hidingSecrets(in: location)
    self.problem = problem
    self.hint = hint
  }

  package var description: String {
    location.isEmpty ? problem : "cannot use the repository location \(location): \(problem)"
  }
}

internal import ResticStorage

/// One way to a token.
struct TokenSource: Sendable {
  enum Answer: Sendable {
    case token(AccessToken)
    /// There is no such identity here; the next source may have one.
    case absent(String)
  }

  let get: @Sendable () async throws(StorageError) -> Answer

  static let action = "cannot sign in"

  /// The token of the first source that has one.
  static func first(of sources: [TokenSource]) async throws(StorageError) -> AccessToken {
    var absences: [String] = []
    for source in sources {
      try StorageError.checkCancellation(action: action)
      switch try await source.get() {
      case .token(let token): return token
      case .absent(let reason): absences.append(reason)
      }
    }
    throw StorageError(
      .notAllowed, action: action, reason: "no credentials were found: \(absences.joined(separator: "; "))")
  }
}

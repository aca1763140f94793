package import HostFacts
package import ResticStorage

/// Looks at a repository's locks: lists them, opens them if there are any, gathers evidence and judges.
package struct Inspector: Sendable {
  package let storage: any Storage
  package let surroundings: Surroundings
  package let options: JudgementOptions
  /// Whether only this machine writes to the repository's file system; `nil` for remote repositories.
  package let locality: FileSystemLocality?
  /// The name that the user's configuration has for the repository.
  package let name: String?

  package init(
    storage: any Storage, surroundings: Surroundings, options: JudgementOptions = JudgementOptions(),
    locality: FileSystemLocality?, name: String? = nil
  ) {
    self.storage = storage
    self.surroundings = surroundings
    self.options = options
    self.locality = locality
    self.name = name
  }

  /// One look, and no second: a `RepositorySession` that is kept spares later ones what this one read.
  ///
  /// - Parameters:
  ///   - identifies: whether `config` is wanted even where no lock makes its content necessary.
  ///   - open: opens the repository with the bytes of its `config`; called at most once, and only when a lock has
  ///     to be opened. `nil`, for want of a password, leaves the locks unopened.
  /// - Returns: A lock that vanishes meanwhile is no error, and neither is one that can't be read.
  /// - Throws: ``RepositoryError``.
  package func inspect(
    identifies: Bool = false, open: @escaping RepositorySession.Opening
  ) async throws -> Inspection {
    try await RepositorySession(self, open: open).look(identifies: identifies)
  }
}

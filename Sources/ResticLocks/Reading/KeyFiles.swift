internal import ResticFormat

/// The key files that a password is tried on, in the order in which it is, as far as they can be read.
package struct KeyFiles: Sendable {
  /// A file that can't be used comes with the reason.
  let candidates: [(id: ObjectID, file: Result<KeyFile, RepositoryError>)]
  /// All keys of the repository, also those that are not tried.
  let keyCount: Int
}

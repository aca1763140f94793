/// The folders of a repository that reslock looks into (restic design document, "Repository Layout").
package enum RepositoryFolder: String, Sendable, CaseIterable {
  case keys, locks, snapshots
}

/// One file of a repository by its place in the format; the storage's layout turns it into a path.
package enum RepositoryFile: Hashable, Sendable {
  case config
  /// `name` is a name that a listing of `folder` gave.
  case entry(folder: RepositoryFolder, name: String)
}

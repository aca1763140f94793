package import WallTime

/// A place that holds one repository's files, for reading only.
///
/// Removing and writing are capabilities of their own, so that a command which only reads cannot hold them.
/// Implementations retry nothing: that is a decorator's work.
package protocol Storage: Sendable {
  /// The location as it may be shown: secrets in it are hidden.
  var displayName: String { get }

  /// The storage's own clock minus ours, in seconds, as its last answer showed it; `nil` where it has none of its own,
  /// and before the first answer.
  ///
  /// A clock of this machine under another name (loopback, a unix socket, a child) is none.
  var clockOffsetSeconds: Double? { get }

  /// Every entry of a folder, in no particular order, folders and stray files included.
  ///
  /// A folder that is not there throws `.notFound`. More than `limit` entries throw `.permanent`.
  func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry]

  /// The names that a listing of the folder would have, where they are much cheaper to have than a listing.
  ///
  /// `nil` where they are not, and where something hinders that a listing would tell.
  func names(in folder: RepositoryFolder, limit: Int) async -> Set<String>?

  /// Size, time and kind of one file; `.notFound` when it is not there.
  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry

  /// When a name was last put into or taken out of a folder; `nil` where the storage does not tell.
  func lastChange(of folder: RepositoryFolder) async -> UnixTime?

  /// The whole content of one file; a file of more than `byteLimit` bytes throws `.tooLarge` and is not read.
  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8]
}

extension Storage {
  package var clockOffsetSeconds: Double? { nil }

  package func names(in folder: RepositoryFolder, limit: Int) async -> Set<String>? { nil }
  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? { nil }
}

package import WallTime

/// What a storage keeps of files in `locks/` that were overwritten or deleted: versions, or soft deletes.
///
/// A capability apart from `Storage`, as most storages keep nothing, and of those that do we read S3 only. Implementations
/// only read, and retry nothing.
package protocol LockVersionHistory: Sendable {
  /// Whether every lock of the past is still there, with the time of its deletion, once versions are kept.
  var keepsWholePast: Bool { get }

  /// All versions and deletions under `locks/`, in no particular order; more than `limit` throw `.permanent`.
  ///
  /// `.notAllowed` where the user may not list versions, `.notFound` where none were ever kept.
  func lockVersions(limit: Int) async throws(StorageError) -> [LockVersion]

  /// The content of one version.
  func read(_ version: LockVersion, byteLimit: Int) async throws(StorageError) -> [UInt8]
}

/// One version of a file in `locks/`, or the deletion of it.
package struct LockVersion: Hashable, Sendable {
  package let name: String
  /// The storage's own name for it.
  package let versionID: String
  package let byteCount: Int64
  /// When it was written, or deleted, by the storage's clock.
  package let time: UnixTime
  package let isDeletion: Bool
  /// What a plain listing shows today.
  package let isCurrent: Bool
  /// Who did it, where the storage tells.
  package let actor: String?

  package init(
    name: String, versionID: String, byteCount: Int64, time: UnixTime, isDeletion: Bool, isCurrent: Bool,
    actor: String? = nil
  ) {
    self.name = name
    self.versionID = versionID
    self.byteCount = byteCount
    self.time = time
    self.isDeletion = isDeletion
    self.isCurrent = isCurrent
    self.actor = actor
  }
}

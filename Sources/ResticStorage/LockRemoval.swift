package import WallTime

/// The only changes that reslock makes to a repository: one lock file removed, or put back.
///
/// A capability apart from `Storage`, so that a command which only reads can't hold it. Implementations retry nothing.
package protocol LockRemoval: Sendable {
  /// Deletes exactly this file.
  ///
  /// `.notFound` where the storage tells that it was gone already; many don't. What is no regular file is left alone,
  /// with `.permanent`.
  func removeLock(_ name: LockFileName) async throws(StorageError)

  /// Puts a removed file back in one step, so that no reader sees a part of it.
  ///
  /// The modification time is restored where the storage lets it. A file that is there already is left as it is, with
  /// `.alreadyExists`.
  func restoreLock(
    _ name: LockFileName, content: [UInt8], modified: UnixTime?
  ) async throws(StorageError)
}

/// A way to one repository's files, from opening to closing.
package struct StorageConnection: Sendable {
  package let storage: any Storage
  /// What the storage keeps of locks that are gone; `nil` where it keeps nothing.
  package let lockVersions: (any LockVersionHistory)?
  private let removal: @Sendable () -> any LockRemoval
  private let end: @Sendable () async -> Void

  /// - Parameters:
  ///   - storage: what reads.
  ///   - lockVersions: what reads past versions, where the storage keeps them.
  ///   - removal: makes the capability to change, for the commands that may.
  ///   - end: ends children and connections; called once.
  package init(
    storage: any Storage, lockVersions: (any LockVersionHistory)? = nil,
    removal: @escaping @Sendable () -> any LockRemoval,
    end: @escaping @Sendable () async -> Void = {}
  ) {
    self.storage = storage
    self.lockVersions = lockVersions
    self.removal = removal
    self.end = end
  }

  package func lockRemoval() -> any LockRemoval { removal() }

  package func close() async { await end() }
}

package import ResticStorage
package import WallTime

/// Removes lock files behind an sftp server, and puts them back.
package struct SFTPLockRemoval: LockRemoval {
  private let storage: SFTPStorage

  package init(_ storage: SFTPStorage) { self.storage = storage }

  package func removeLock(_ name: LockFileName) async throws(StorageError) {
    let folderName = try await folderName()
    let action = "cannot remove \(folderName)/\(name.text)"
    let session = try await storage.link.session(action: action)
    let path = storage.path("\(folderName)/\(name.text)")
    let folderPath = storage.path(folderName)
    let attributes: SFTPAttributes
    do {
      async let folder = session.attributes(of: folderPath, action: action)
      attributes = try await session.attributes(of: path, action: action)
      guard try await folder.kind != .symbolicLink else {
        throw StorageError(
          .permanent, action: action,
          reason: "the folder of the locks is a symbolic link, which is not followed for a change")
      }
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError(SFTPFailure(error), action: action)
    }
    guard attributes.kind == .regular else {
      throw StorageError(
        .permanent, action: action, reason: "it is not a regular file; remove it by hand")
    }
    try await remove(path, attributes, session, action: action)
  }

  /// Servers of Windows files refuse to delete what is marked read-only, so the mark is taken off and, in vain, put back.
  private func remove(
    _ path: String, _ attributes: SFTPAttributes, _ session: SFTPSession, action: String
  ) async throws(StorageError) {
    do throws(StorageError) {
      try await session.perform(.remove(path: path), action: action)
    } catch {
      guard error.kind == .notAllowed || error.kind == .permanent,
        let permissions = attributes.permissions, permissions & 0o200 == 0
      else { throw error }
      let (marked, unmarked) = (permissions & 0o7777, permissions & 0o7777 | 0o200)
      do throws(StorageError) {
        try await session.perform(
          .setStatus(path: path, SFTPAttributes(permissions: unmarked)), action: action)
      } catch _ { throw error }
      do throws(StorageError) {
        try await session.perform(.remove(path: path), action: action)
      } catch {
        try? await session.perform(
          .setStatus(path: path, SFTPAttributes(permissions: marked)), action: action, isCancellable: false)
        throw error
      }
    }
  }

  package func restoreLock(
    _ name: LockFileName, content: [UInt8], modified: UnixTime?
  ) async throws(StorageError) {
    let folderName = try await folderName()
    let action = "cannot put back \(folderName)/\(name.text)"
    let session = try await storage.link.session(action: action)
    try await SFTPPlacement(
      session: session, folder: storage.path(folderName), config: storage.path("config"), action: action
    ).place(content, as: name.text, modified: modified)
  }

  private func folderName() async throws(StorageError) -> String {
    try await storage.layout().folderName(.locks)
  }
}

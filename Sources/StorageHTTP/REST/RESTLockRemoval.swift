package import ResticStorage
package import WallTime

/// Removes one lock file behind a REST server, or puts it back.
///
/// Servers in append-only mode let locks go. rest-server does not tell whether a file it deleted was there.
package struct RESTLockRemoval: LockRemoval {
  private let storage: RESTStorage

  package init(_ storage: RESTStorage) { self.storage = storage }

  package func removeLock(_ name: LockFileName) async throws(StorageError) {
    let path = try await path(name)
    let action = "cannot remove \(path)"
    do throws(StorageError) {
      _ = try await storage.exchange(
        HTTPRequest(.delete, storage.target(path), headers: storage.headers), action: action)
    } catch {
      guard error.kind == .notFound, name.form == .temporary, try await isListed(name) else { throw error }
      // rest-server lists leftovers of uploads, and serves no file but those named as locks are.
      throw StorageError(
        .permanent, action: action,
        reason: "the server lists this leftover but lets nobody at it; remove it there")
    }
  }

  /// Puts a file back; its time becomes the present, as the protocol has none.
  ///
  /// It is looked for first: rest-server refuses to write over a file, but rclone does not.
  package func restoreLock(
    _ name: LockFileName, content: [UInt8], modified: UnixTime?
  ) async throws(StorageError) {
    // Before the question whether it is there, which goes by the layout.
    let path = try await path(name)
    let action = "cannot put back \(path)"
    if try await isThere(name) { throw alreadyExists(action) }
    var headers = storage.headers
    headers.add("Content-Type", "application/octet-stream")
    do throws(StorageError) {
      _ = try await storage.exchange(
        HTTPRequest(.post, storage.target(path), headers: headers, body: content), action: action)
    } catch {
      // rest-server answers 403 both to a name that is taken meanwhile and to what it forbids.
      guard error.kind == .notAllowed, try await isThere(name) else { throw error }
      throw alreadyExists(action)
    }
  }

  private func isListed(_ name: LockFileName) async throws(StorageError) -> Bool {
    try await storage.list(.locks, limit: 200_000).contains { $0.name == name.text }
  }

  private func isThere(_ name: LockFileName) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      _ = try await storage.stat(.entry(folder: .locks, name: name.text))
      return true
    } catch {
      guard error.kind == .notFound else { throw error }
      return false
    }
  }

  private func alreadyExists(_ action: String) -> StorageError {
    StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
  }

  private func path(_ name: LockFileName) async throws(StorageError) -> String {
    try await storage.layout().path(of: .entry(folder: .locks, name: name.text))
  }
}

internal import ResticStorage

extension B2Service {
  private static let roundLimit = 3

  /// Removes all versions of a name that are to be seen one after the other, as restic does.
  ///
  /// A key that may not delete hides the file instead, which takes it out of every listing and keeps its versions.
  func remove(_ key: String, action: String) async throws(StorageError) {
    for round in 0..<Self.roundLimit {
      let visible = try await versions(of: key, action: action).prefix { $0.action == "upload" }
      guard !visible.isEmpty else {
        if round > 0 { return }
        throw StorageError(.notFound, action: action, reason: "the bucket does not have it")
      }
      // The oldest first: whatever stops this leaves the newest, and with it the lock, as it was.
      for version in visible.reversed() {
        guard try await delete(version, key, action: action) else {
          return try await hide(key, action: action)
        }
      }
    }
    guard try await versions(of: key, action: action).first?.action == "upload" else { return }
    throw StorageError(.transient, action: action, reason: "versions of it come up again and again")
  }

  /// `false` where the key may not delete.
  private func delete(
    _ version: B2Listing.Version, _ key: String, action: String
  ) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      _ = try await session.send(action) { authorization throws(StorageError) in
        if let allowed = authorization.capabilities, !allowed.contains("deleteFiles") {
          throw StorageError(.notAllowed, action: action, reason: "the key may not delete files")
        }
        return B2Session.Request(
          place: .call("b2_delete_file_version"),
          body: JSONText.object([("fileName", .text(key)), ("fileId", .text(version.id))]).bytes,
          capability: "deleteFiles")
      }
      return true
    } catch {
      switch error.kind {
      // Somebody else has deleted this version meanwhile.
      case .notFound: return true
      case .notAllowed: return false
      default: throw error
      }
    }
  }

  private func hide(_ key: String, action: String) async throws(StorageError) {
    _ = try await call(
      "b2_hide_file", [("fileName", .text(key))], capability: "deleteFiles, or writeFiles to hide the file",
      action: action)
  }
}

internal import ResticCrypto
internal import ResticStorage
internal import WallTime

/// Removes one lock from a bucket of Backblaze B2, or puts it back; each request names one file.
///
/// All versions of a name that are to be seen one after the other go, as restic removes them. A key that may not delete
/// hides the file instead, which takes it out of every listing and keeps its versions.
struct B2LockRemoval: LockRemoval {
  let storage: ObjectStorage<B2Service>

  private static let roundLimit = 3

  func removeLock(_ name: LockFileName) async throws(StorageError) {
    let (key, path) = try await storage.place(of: name)
    let action = "cannot remove \(path)"
    for round in 0..<Self.roundLimit {
      let visible = try await storage.service.versions(of: key, action: action).prefix {
        $0.action == "upload"
      }
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
    guard try await storage.service.versions(of: key, action: action).first?.action == "upload" else {
      return
    }
    throw StorageError(.transient, action: action, reason: "versions of it come up again and again")
  }

  /// `false` where the key may not delete.
  private func delete(
    _ version: B2Listing.Version, _ key: String, action: String
  ) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      _ = try await storage.service.session.send(action) { authorization throws(StorageError) in
        if let allowed = authorization.capabilities, !allowed.contains("deleteFiles") {
          throw StorageError(.notAllowed, action: action, reason: "the key may not delete files")
        }
        return B2Session.Request(
          place: .call("b2_delete_file_version"),
          body: JSONText.object([
            (name: "fileName", value: .text(key)), (name: "fileId", value: .text(version.id)),
          ]), capability: "deleteFiles")
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
    _ = try await storage.service.call(
      "b2_hide_file", [("fileName", .text(key))], capability: "deleteFiles, or writeFiles to hide the file",
      action: action)
  }

  func restoreLock(_ name: LockFileName, content: [UInt8], modified: UnixTime?) async throws(StorageError) {
    let (key, path) = try await storage.place(of: name)
    let action = "cannot put back \(path)"
    // An upload would become a newer version of what is there.
    do throws(StorageError) {
      _ = try await storage.service.facts(of: key, action: action)
      throw StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    let place = try await storage.service.call(
      "b2_get_upload_url", [], capability: "writeFiles", action: action)
    var cursor = JSONCursor(place.body)
    var (url, token) = ("", "")
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "uploadUrl": url = cursor.string() ?? ""
      case "authorizationToken": token = cursor.string() ?? ""
      default: _ = cursor.skip()
      }
    }
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw StorageError(.permanent, action: action, reason: "the service names no place for an upload")
    }
    var headers: HTTPFields = [
      ("Authorization", token), ("X-Bz-File-Name", PercentEncoding.encoded(key, keepsSlashes: true)),
      ("Content-Type", "application/octet-stream"),
      ("X-Bz-Content-Sha1", SHA1.digest(content).map(Hex.text) ?? "do_not_verify"),
    ]
    // The upload's own time is the service's; this one is for other programs, such as rclone.
    if let milliseconds = modified.flatMap(B2Time.milliseconds) {
      headers.add("X-Bz-Info-src_last_modified_millis", String(milliseconds))
    }
    try await storage.service.session.upload(content, to: url, headers: headers, action: action)
  }
}

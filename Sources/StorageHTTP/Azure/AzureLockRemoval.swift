internal import ResticStorage
internal import WallTime

/// Removes one lock from a container, or puts it back; each request names one blob.
///
/// A blob with snapshots stays, as they would go with it. Where the account keeps versions or what was deleted, the
/// removed state stays among those.
struct AzureLockRemoval: LockRemoval {
  let storage: ObjectStorage<AzureService>
  /// For what is put back; `nil` leaves it to the account.
  let accessTier: String?

  func removeLock(_ name: LockFileName) async throws(StorageError) {
    let (key, path) = try await storage.place(of: name)
    _ = try await storage.service.send(
      AzureService.Request(method: .delete, key: key, permission: "delete"), action: "cannot remove \(path)")
  }

  func restoreLock(_ name: LockFileName, content: [UInt8], modified: UnixTime?) async throws(StorageError) {
    let (key, path) = try await storage.place(of: name)
    let action = "cannot put back \(path)"
    var headers = [
      (name: "Content-Type", value: "application/octet-stream"), (name: "If-None-Match", value: "*"),
      (name: "x-ms-blob-type", value: "BlockBlob"),
    ]
    if let accessTier { headers.append((name: "x-ms-access-tier", value: accessTier)) }
    _ = try await storage.service.send(
      AzureService.Request(method: .put, key: key, headers: headers, body: content, permission: "create"),
      action: action)
  }
}

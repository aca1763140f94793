internal import ResticStorage
internal import WallTime

/// Removes one lock from a bucket, or puts it back; each request names one key.
///
/// A service does not tell whether a key it deleted was there. In a versioned bucket the old version stays.
struct S3LockRemoval: LockRemoval {
  let storage: S3Storage
  /// For what is put back; `nil` leaves it to the bucket.
  let storageClass: String?

  func removeLock(_ name: LockFileName) async throws(StorageError) {
    let path = try await path(name)
    _ = try await storage.service.send(
      S3Service.Request(
        method: .delete, key: "\(storage.prefix)\(path)", permission: "s3:DeleteObject"),
      action: "cannot remove \(path)")
  }

  func restoreLock(_ name: LockFileName, content: [UInt8], modified: UnixTime?) async throws(StorageError) {
    // Before the question whether it is there, which goes by the layout.
    let path = try await path(name)
    let action = "cannot put back \(path)"
    // A put would write over what is there.
    do throws(StorageError) {
      _ = try await storage.stat(.entry(folder: .locks, name: name.text))
      throw StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    var headers = [(name: "Content-Type", value: "application/octet-stream")]
    if let storageClass { headers.append((name: "x-amz-storage-class", value: storageClass)) }
    _ = try await storage.service.send(
      S3Service.Request(
        method: .put, key: "\(storage.prefix)\(path)", headers: headers, body: content,
        permission: "s3:PutObject"),
      action: action)
  }

  private func path(_ name: LockFileName) async throws(StorageError) -> String {
    try await storage.layout().path(of: .entry(folder: .locks, name: name.text))
  }
}

internal import ResticStorage
internal import WallTime

/// Removes one lock from a bucket, or puts it back; each request names one key.
struct BucketLockRemoval<Service: BucketService>: LockRemoval {
  let storage: BucketStorage<Service>

  func removeLock(_ name: LockFileName) async throws(StorageError) {
    let path = try await path(name)
    let action = "cannot remove \(path)"
    try StorageError.checkCancellation(action: action)
    try await storage.service.remove(storage.prefix + path, action: action)
  }

  /// Puts a file back; a service has times of its own, and so it counts as new there.
  func restoreLock(_ name: LockFileName, content: [UInt8], modified: UnixTime?) async throws(StorageError) {
    let path = try await path(name)
    let action = "cannot put back \(path)"
    try StorageError.checkCancellation(action: action)
    try await storage.service.create(
      storage.prefix + path, content, modified: modified, action: action)
  }

  private func path(_ name: LockFileName) async throws(StorageError) -> String {
    try await storage.layout().path(of: .entry(folder: .locks, name: name.text))
  }
}

internal import ResticStorage

/// What a bucket that keeps versions has of locks that were refreshed or removed.
struct BucketLockVersions<Service: VersionedBucketService>: LockVersionHistory {
  let storage: BucketStorage<Service>

  private static var action: String { "cannot list the versions of locks" }
  /// Pages in a row that hold nothing and say there is more.
  private static var emptyPageLimit: Int { 64 }

  var keepsWholePast: Bool { storage.service.keepsWholePast }

  func lockVersions(limit: Int) async throws(StorageError) -> [LockVersion] {
    let prefix = try await prefix()
    var found: [LockVersion] = []
    var position: VersionPosition?
    var emptyPages = 0
    while true {
      try StorageError.checkCancellation(action: Self.action)
      let page = try await storage.service.versionsPage(of: prefix, after: position, action: Self.action)
      found += page.versions
      guard found.count <= limit else {
        throw StorageError(
          .permanent, action: Self.action, reason: "there are more than \(limit) versions")
      }
      guard let next = page.next else { break }
      emptyPages = page.versions.isEmpty ? emptyPages + 1 : 0
      guard !next.name.isEmpty, next != position, emptyPages < Self.emptyPageLimit else {
        throw StorageError(
          .permanent, action: Self.action,
          reason: "the service says that the listing goes on, but not where")
      }
      position = next
    }
    if found.allSatisfy({ $0.isCurrent && !$0.isDeletion }) {
      try await storage.service.requireVersioning(action: "cannot tell whether the bucket keeps versions")
    }
    return found
  }

  func read(_ version: LockVersion, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    try await storage.service.read(
      "\(try await prefix())\(version.name)", versionID: version.versionID, byteLimit: byteLimit,
      action: "cannot read version \(version.versionID) of locks/\(version.name)")
  }

  private func prefix() async throws(StorageError) -> String {
    "\(storage.prefix)\(try await storage.layout().folderName(.locks))/"
  }
}

internal import ResticStorage

/// What a bucket with versioning keeps of locks that were refreshed or removed.
struct S3LockVersions: LockVersionHistory {
  let storage: BucketStorage<S3Bucket>

  private static let action = "cannot list the versions of locks"
  private static let pageEntryCount = 1000

  func lockVersions(limit: Int) async throws(StorageError) -> [LockVersion] {
    let prefix = try await prefix()
    var found: [LockVersion] = []
    var position: (key: String, versionID: String)?
    while true {
      let page = try await page(prefix, after: position)
      found += page.versions
      guard found.count <= limit else {
        throw StorageError(
          .permanent, action: Self.action, reason: "there are more than \(limit) versions")
      }
      guard page.isTruncated else { break }
      let next = (key: page.nextKey ?? "", versionID: page.nextVersionID ?? "")
      guard !next.key.isEmpty, next.key != position?.key || next.versionID != position?.versionID else {
        throw StorageError(
          .permanent, action: Self.action,
          reason: "the service says that the listing goes on, but not where")
      }
      position = next
    }
    // Where versioning was never on, what is there now has a version too, by this name.
    if found.allSatisfy({ $0.versionID == "null" && !$0.isDeletion }) { try await requireVersioning() }
    return found
  }

  func read(_ version: LockVersion, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let name = version.name
    let response = try await storage.service.requests.send(
      S3Service.Request(
        method: .get, key: "\(try await prefix())\(name)",
        query: [(name: "versionId", value: version.versionID)],
        byteLimit: byteLimit, permission: "s3:GetObjectVersion"),
      action: "cannot read version \(version.versionID) of locks/\(name)")
    return response.body
  }

  private func prefix() async throws(StorageError) -> String {
    "\(storage.prefix)\(try await storage.layout().folderName(.locks))/"
  }

  private func page(
    _ prefix: String, after position: (key: String, versionID: String)?
  ) async throws(StorageError) -> S3VersionsPage {
    var query = [
      (name: "encoding-type", value: "url"), (name: "max-keys", value: String(Self.pageEntryCount)),
      (name: "prefix", value: prefix), (name: "versions", value: ""),
    ]
    if let position {
      query.append((name: "key-marker", value: position.key))
      if !position.versionID.isEmpty { query.append((name: "version-id-marker", value: position.versionID)) }
    }
    let response = try await storage.service.requests.send(
      S3Service.Request(
        method: .get, query: query, byteLimit: S3Listing.byteLimit, permission: "s3:ListBucketVersions"),
      action: Self.action)
    guard let page = S3VersionsPage(response.body, prefix: prefix) else {
      throw StorageError(
        .permanent, action: Self.action, reason: "the answer of the service is no listing of versions")
    }
    return page
  }

  /// Tells a bucket that keeps versions and has none of locks from one that never kept any.
  private func requireVersioning() async throws(StorageError) {
    let response = try await storage.service.requests.send(
      S3Service.Request(
        method: .get, query: [(name: "versioning", value: "")], permission: "s3:GetBucketVersioning"),
      action: "cannot tell whether the bucket keeps versions")
    var status = ""
    _ = XMLReader.forEach(response.body) { path, text in
      if path == ["VersioningConfiguration", "Status"] { status = text }
    }
    // Suspended keeps what was kept before.
    guard status == "Enabled" || status == "Suspended" else {
      throw StorageError(.notFound, action: Self.action, reason: "the bucket does not keep versions")
    }
  }
}

internal import ResticStorage

extension S3Bucket: VersionedBucketService {
  var keepsWholePast: Bool { true }

  func versionsPage(
    of prefix: String, after position: VersionPosition?, action: String
  ) async throws(StorageError) -> VersionsPage {
    var query = [
      (name: "encoding-type", value: "url"), (name: "max-keys", value: "1000"),
      (name: "prefix", value: prefix), (name: "versions", value: ""),
    ]
    if let position {
      query.append((name: "key-marker", value: position.name))
      if !position.versionID.isEmpty {
        query.append((name: "version-id-marker", value: position.versionID))
      }
    }
    let response = try await requests.send(
      S3Service.Request(
        method: .get, query: query, byteLimit: S3Listing.byteLimit, permission: "s3:ListBucketVersions"),
      action: action)
    guard let page = S3VersionsListing.page(response.body, prefix: prefix) else {
      throw StorageError(
        .permanent, action: action, reason: "the answer of the service is no listing of versions")
    }
    return page
  }

  func read(
    _ key: String, versionID: String, byteLimit: Int, action: String
  ) async throws(StorageError) -> [UInt8] {
    try await requests.send(
      S3Service.Request(
        method: .get, key: key, query: [(name: "versionId", value: versionID)], byteLimit: byteLimit,
        permission: "s3:GetObjectVersion"),
      action: action
    ).body
  }

  /// Where versioning was never on, what is there now is listed as a version too.
  func requireVersioning(action: String) async throws(StorageError) {
    let response = try await requests.send(
      S3Service.Request(
        method: .get, query: [(name: "versioning", value: "")], permission: "s3:GetBucketVersioning"),
      action: action)
    var status = ""
    _ = XMLReader.forEach(response.body) { path, text in
      if path == ["VersioningConfiguration", "Status"] { status = text }
    }
    // Suspended keeps what was kept before.
    guard status == "Enabled" || status == "Suspended" else {
      throw StorageError(.notFound, action: action, reason: "the bucket does not keep versions")
    }
  }
}

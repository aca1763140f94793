internal import ResticStorage

/// Object versions; what only soft deletion keeps can't be read without being restored, which would be a change.
extension GSService: VersionedBucketService {
  var keepsWholePast: Bool { true }

  func versionsPage(
    of prefix: String, after position: VersionPosition?, action: String
  ) async throws(StorageError) -> VersionsPage {
    var query: [(name: String, value: String)] = [
      ("fields", "items(name,generation,size,timeCreated,timeDeleted),nextPageToken"),
      ("maxResults", "1000"), ("prefix", prefix), ("versions", "true"),
    ]
    if let position { query.append(("pageToken", position.name)) }
    let response = try await send(
      .get, "/storage/v1/b/\(PercentEncoding.encoded(bucket))/o", query, byteLimit: GSListing.byteLimit,
      permission: "storage.objects.list", missing: "there is no such bucket", action: action)
    guard let page = GSVersionsListing.page(response.body, prefix: prefix) else {
      throw StorageError(.permanent, action: action, reason: "the answer is no listing of versions")
    }
    return page
  }

  func read(
    _ key: String, versionID: String, byteLimit: Int, action: String
  ) async throws(StorageError) -> [UInt8] {
    try await send(
      .get,
      "/download/storage/v1/b/\(PercentEncoding.encoded(bucket))/o/\(PercentEncoding.encoded(key))",
      [("alt", "media"), ("generation", versionID)], byteLimit: byteLimit,
      permission: "storage.objects.get", action: action
    ).body
  }

  func requireVersioning(action: String) async throws(StorageError) {
    let response = try await send(
      .get, "/storage/v1/b/\(PercentEncoding.encoded(bucket))", [("fields", "versioning")],
      permission: "storage.buckets.get", missing: "there is no such bucket", action: action)
    var isOn = false
    var cursor = JSONCursor(response.body)
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      guard name == "versioning" else {
        _ = cursor.skip()
        return
      }
      _ = cursor.object { (name: String, cursor: inout JSONCursor) in
        let value = cursor.boolean()
        if name == "enabled" { isOn = value == true }
      }
    }
    guard isOn else {
      throw StorageError(.notFound, action: action, reason: "the bucket does not keep versions")
    }
  }
}

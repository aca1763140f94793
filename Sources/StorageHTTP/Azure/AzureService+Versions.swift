internal import ResticStorage

/// Versions of blobs; what only soft deletion keeps can't be read without being restored, which would be a change.
extension AzureService: VersionedBucketService {
  /// The service does not tell when a version was deleted.
  var keepsWholePast: Bool { false }

  func versionsPage(
    of prefix: String, after position: VersionPosition?, action: String
  ) async throws(StorageError) -> VersionsPage {
    var query = [
      (name: "comp", value: "list"), (name: "include", value: "versions"),
      (name: "maxresults", value: String(AzureListing.pageEntryCount)), (name: "prefix", value: prefix),
      (name: "restype", value: "container"),
    ]
    if let position { query.append((name: "marker", value: position.name)) }
    let response = try await send(
      Request(method: .get, query: query, byteLimit: AzureListing.byteLimit, permission: "list"),
      action: action)
    guard let page = AzureVersionsListing.page(response.body, prefix: prefix) else {
      throw StorageError(.permanent, action: action, reason: "the answer is no listing of versions")
    }
    return page
  }

  func read(
    _ key: String, versionID: String, byteLimit: Int, action: String
  ) async throws(StorageError) -> [UInt8] {
    try await send(
      Request(
        method: .get, key: key, query: [(name: "versionid", value: versionID)], byteLimit: byteLimit,
        permission: "read"), action: action
    ).body
  }

  /// Only the account's management tells; where nothing is shown, nothing is claimed.
  func requireVersioning(action: String) async throws(StorageError) {}
}

internal import ResticStorage
internal import WallTime

/// One bucket of an S3 service.
struct S3Bucket: BucketService {
  let requests: S3Service
  let usesListVersion1: Bool
  /// For what is put back; `nil` leaves it to the bucket.
  let storageClass: String?

  private static let pageEntryCount = 1000

  var clockOffsetSeconds: Double? { (requests.transport as? SocketTransport)?.clock.offsetSeconds }

  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage {
    var query = [
      (name: "encoding-type", value: "url"), (name: "max-keys", value: String(Self.pageEntryCount)),
      (name: "prefix", value: prefix),
    ]
    if !isDeep { query.append((name: "delimiter", value: "/")) }
    if !usesListVersion1 { query.append((name: "list-type", value: "2")) }
    if let position {
      query.append((name: usesListVersion1 ? "marker" : "continuation-token", value: position))
    }
    let response = try await requests.send(
      S3Service.Request(
        method: .get, query: query, byteLimit: S3Listing.byteLimit, permission: "s3:ListBucket"),
      action: action)
    guard let listing = S3Listing(response.body, prefix: prefix) else {
      throw StorageError(
        .permanent, action: action,
        reason: "the answer is no listing; check that an S3 service is what the location names")
    }
    var page = listing.page
    guard listing.isTruncated else { return page }
    page.next = usesListVersion1 ? listing.nextMarker ?? listing.lastKey : listing.nextToken
    guard let next = page.next, !next.isEmpty, next != position else {
      throw StorageError(
        .permanent, action: action,
        reason: "the service says that the listing goes on, but not where; try -o s3.list-objects-v1=true")
    }
    return page
  }

  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?) {
    let response = try await requests.send(
      S3Service.Request(method: .head, key: key, permission: "s3:GetObject"), action: action)
    return (
      response.headers["Content-Length"].flatMap { Int64($0) } ?? -1,
      response.headers["Last-Modified"].flatMap(HTTPDate.parse)
    )
  }

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8] {
    try await requests.send(
      S3Service.Request(method: .get, key: key, byteLimit: byteLimit, permission: "s3:GetObject"),
      action: action
    ).body
  }

  /// A service does not tell whether a key it deleted was there.
  ///
  /// In a versioned bucket the old version stays.
  func remove(_ key: String, action: String) async throws(StorageError) {
    _ = try await requests.send(
      S3Service.Request(method: .delete, key: key, permission: "s3:DeleteObject"), action: action)
  }

  func create(
    _ key: String, _ content: [UInt8], modified: UnixTime?, action: String
  ) async throws(StorageError) {
    // A put would write over what is there.
    try await requireNothing(at: key, action: action)
    var headers = [(name: "Content-Type", value: "application/octet-stream")]
    if let storageClass { headers.append((name: "x-amz-storage-class", value: storageClass)) }
    _ = try await requests.send(
      S3Service.Request(
        method: .put, key: key, headers: headers, body: content, permission: "s3:PutObject"),
      action: action)
  }
}

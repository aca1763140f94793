internal import ResticStorage
internal import Synchronization
internal import WallTime

/// One bucket of Backblaze B2, by its native API.
final class B2Service: BucketService {
  let session: B2Session
  let bucket: String
  private let knownID = Mutex<String?>(nil)

  init(_ session: B2Session, bucket: String) {
    self.session = session
    self.bucket = bucket
  }

  var clockOffsetSeconds: Double? { session.clockOffsetSeconds }

  /// Always everything below `prefix`: the simulator that judges our calls knows no delimiter, and the folders that are
  /// listed have none in them.
  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage {
    var more: [(String, JSONText)] = [
      ("prefix", .text(prefix)), ("maxFileCount", .number(B2Listing.pageEntryCount)),
    ]
    if let position { more.append(("startFileName", .text(position))) }
    let response = try await call(
      "b2_list_file_names", more, capability: "listFiles", byteLimit: B2Listing.byteLimit, action: action)
    let listing = try Self.listing(response, action: action)
    var page = BucketPage()
    page.next = listing.nextName
    for file in listing.versions where file.action == "upload" {
      guard page.add(file.name, under: prefix, byteCount: file.byteCount, modified: file.uploaded) else {
        throw StorageError(
          .permanent, action: action, reason: "the service lists what was not asked for; it can't be trusted")
      }
    }
    return page
  }

  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?) {
    let response = try await download(key, .head, byteLimit: 0, action: action)
    return (
      response.headers["Content-Length"].flatMap { Int64($0) } ?? -1,
      response.headers["X-Bz-Upload-Timestamp"].flatMap { Int64($0) }.flatMap(B2Time.parse)
    )
  }

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8] {
    try await download(key, .get, byteLimit: byteLimit, action: action).body
  }

  /// The versions of one name, the newest first, as far as one page has them.
  func versions(of key: String, action: String) async throws(StorageError) -> [B2Listing.Version] {
    let response = try await call(
      "b2_list_file_versions",
      [
        ("startFileName", .text(key)), ("prefix", .text(key)),
        ("maxFileCount", .number(B2Listing.pageEntryCount)),
      ], capability: "listFiles", byteLimit: B2Listing.byteLimit, action: action)
    return try Self.listing(response, action: action).versions.filter { $0.name == key }
  }

  /// A call of the API about this bucket.
  func call(
    _ name: String, _ members: [(String, JSONText)], capability: String, byteLimit: Int = 65_536,
    action: String
  ) async throws(StorageError) -> HTTPResponse {
    try await session.send(action) { authorization throws(StorageError) in
      let id = try await self.id(authorization, action: action)
      return B2Session.Request(
        place: .call(name), body: JSONText.object([("bucketId", .text(id))] + members).bytes,
        byteLimit: byteLimit, capability: capability)
    }
  }

  private func download(
    _ key: String, _ method: HTTPRequest.Method, byteLimit: Int, action: String
  ) async throws(StorageError) -> HTTPResponse {
    let path = "\(PercentEncoding.encoded(bucket))/\(PercentEncoding.encoded(key, keepsSlashes: true))"
    return try await session.send(action) { _ throws(StorageError) in
      B2Session.Request(place: .download(path), method: method, byteLimit: byteLimit, capability: "readFiles")
    }
  }

  /// The bucket's ID: out of the key where that is restricted to buckets, else by asking for it.
  private func id(_ authorization: B2Authorization, action: String) async throws(StorageError) -> String {
    if let buckets = authorization.buckets {
      if let own = buckets.first(where: { $0.name == bucket }) { return own.id }
      throw StorageError(
        .notAllowed, action: action,
        reason:
          "the key is restricted to another bucket than \(bucket); check the location, or use another key")
    }
    if let known = knownID.withLock({ $0 }) { return known }
    let response = try await session.send(action) { authorization throws(StorageError) in
      B2Session.Request(
        place: .call("b2_list_buckets"),
        body: JSONText.object([
          ("accountId", .text(authorization.accountID)), ("bucketName", .text(self.bucket)),
        ]).bytes, byteLimit: 1 << 20, capability: "listBuckets")
    }
    var cursor = JSONCursor(response.body)
    var buckets: [B2Authorization.Bucket]?
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      if name == "buckets" {
        buckets = B2Authorization.buckets(&cursor)
      } else {
        _ = cursor.skip()
      }
    }
    guard let buckets else {
      throw StorageError(.permanent, action: action, reason: "the answer is no list of buckets")
    }
    guard let own = buckets.first(where: { $0.name == bucket }) else {
      throw StorageError(.notFound, action: action, reason: "there is no such bucket")
    }
    knownID.withLock { $0 = own.id }
    return own.id
  }

  static func listing(_ response: HTTPResponse, action: String) throws(StorageError) -> B2Listing {
    guard let listing = B2Listing(response.body) else {
      throw StorageError(.permanent, action: action, reason: "the answer is no listing of files")
    }
    return listing
  }
}

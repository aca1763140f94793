internal import ResticStorage
internal import WallTime

/// Requests to one bucket of Google Cloud Storage (JSON API, version 1).
struct GSService: BucketService {
  let bucket: String
  let transport: SocketTransport
  let tokens: TokenKeeper<AccessToken>

  private static let fields = "name,size,updated"
  private static let pageEntryCount = 1000

  var clockOffsetSeconds: Double? { transport.clock.offsetSeconds }

  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage {
    var query: [(name: String, value: String)] = [
      ("fields", "items(\(Self.fields)),prefixes,nextPageToken"), ("maxResults", String(Self.pageEntryCount)),
      ("prefix", prefix),
    ]
    if !isDeep { query.append(("delimiter", "/")) }
    if let position { query.append(("pageToken", position)) }
    let response = try await send(
      .get, "/storage/v1/b/\(name)/o", query, byteLimit: GSListing.byteLimit,
      permission: "storage.objects.list", missing: "there is no such bucket", action: action)
    guard let page = GSListing.page(response.body, prefix: prefix) else {
      throw StorageError(.permanent, action: action, reason: "the answer is no listing of a bucket")
    }
    return page
  }

  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?) {
    let response = try await send(
      .get, "/storage/v1/b/\(name)/o/\(PercentEncoding.encoded(key))", [("fields", Self.fields)],
      permission: "storage.objects.get", action: action)
    var cursor = JSONCursor(response.body)
    guard let object = GSObject(&cursor) else {
      throw StorageError(.permanent, action: action, reason: "the answer does not tell its size")
    }
    return (object.byteCount, object.modified)
  }

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8] {
    try await send(
      .get, "/download/storage/v1/b/\(name)/o/\(PercentEncoding.encoded(key))", [("alt", "media")],
      byteLimit: byteLimit, permission: "storage.objects.get", action: action
    ).body
  }

  /// In a bucket with versions or soft deletion the service keeps what is removed.
  func remove(_ key: String, action: String) async throws(StorageError) {
    _ = try await send(
      .delete, "/storage/v1/b/\(name)/o/\(PercentEncoding.encoded(key))", [],
      permission: "storage.objects.delete", action: action)
  }

  func create(
    _ key: String, _ content: [UInt8], modified: UnixTime?, action: String
  ) async throws(StorageError) {
    _ = try await send(
      .post, "/upload/storage/v1/b/\(name)/o",
      // No object has the generation 0: only a name that is free is written.
      [("ifGenerationMatch", "0"), ("name", key), ("uploadType", "media")], body: content,
      permission: "storage.objects.create", missing: "there is no such bucket", action: action)
  }

  private var name: String { PercentEncoding.encoded(bucket) }

  /// Sends a request; what is no success comes as an error.
  ///
  /// A token that is refused is replaced once.
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ query: [(name: String, value: String)],
    body: [UInt8] = [], byteLimit: Int = 65_536, permission: String,
    missing: String = "the bucket does not have it", action: String
  ) async throws(StorageError) -> HTTPResponse {
    let text = query.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
    var isRepeated = false
    while true {
      let held = try await tokens.current(action: action)
      var headers: HTTPFields = [("Authorization", "Bearer \(held.token.secret.text)")]
      if method == .post { headers.add("Content-Type", "application/octet-stream") }
      let response: HTTPResponse
      do throws(HTTPFailure) {
        response = try await transport.exchange(
          HTTPRequest(
            method, text.isEmpty ? path : "\(path)?\(text)", headers: headers, body: body,
            byteLimit: byteLimit))
      } catch {
        throw StorageError(error, action: action)
      }
      if response.isSuccess { return response }
      if response.status == 401, !isRepeated {
        isRepeated = true
        tokens.discard(held)
        continue
      }
      throw GSRefusal(response).error(response, permission: permission, missing: missing, action: action)
    }
  }
}

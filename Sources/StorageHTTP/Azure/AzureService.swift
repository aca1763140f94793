internal import ResticStorage
internal import WallTime

/// Authorised requests to one container of Azure Blob Storage.
struct AzureService: BucketService {
  struct Request {
    var method: HTTPRequest.Method
    /// `nil` asks for the container itself.
    var key: String?
    /// Not yet percent-encoded.
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var byteLimit = 65_536
    /// What these credentials have to be allowed, as `read`.
    var permission: String
  }

  /// The last one whose listings encode no names.
  static let apiVersion = "2020-10-02"

  let transport: SocketTransport
  let container: String
  let credentials: AzureCredentials
  /// For what is put back; `nil` leaves it to the account.
  let accessTier: String?
  let now: @Sendable () -> UnixTime

  var clockOffsetSeconds: Double? { transport.clock.offsetSeconds }

  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage {
    var query = [
      (name: "comp", value: "list"), (name: "maxresults", value: String(AzureListing.pageEntryCount)),
      (name: "prefix", value: prefix), (name: "restype", value: "container"),
    ]
    if !isDeep { query.append((name: "delimiter", value: "/")) }
    if let position { query.append((name: "marker", value: position)) }
    let response = try await send(
      Request(method: .get, query: query, byteLimit: AzureListing.byteLimit, permission: "list"),
      action: action)
    guard let listing = AzureListing(response.body, prefix: prefix) else {
      throw StorageError(.permanent, action: action, reason: "the answer is no listing of blobs")
    }
    return listing.page
  }

  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?) {
    let response = try await send(Request(method: .head, key: key, permission: "read"), action: action)
    return (
      response.headers["Content-Length"].flatMap { Int64($0) } ?? -1,
      response.headers["Last-Modified"].flatMap(HTTPDate.parse)
    )
  }

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8] {
    try await send(
      Request(method: .get, key: key, byteLimit: byteLimit, permission: "read"), action: action
    ).body
  }

  /// A blob with snapshots stays, as they would go with it.
  ///
  /// Where the account keeps versions or what was deleted, the removed state stays among those.
  func remove(_ key: String, action: String) async throws(StorageError) {
    _ = try await send(Request(method: .delete, key: key, permission: "delete"), action: action)
  }

  func create(
    _ key: String, _ content: [UInt8], modified: UnixTime?, action: String
  ) async throws(StorageError) {
    var headers = [
      (name: "Content-Type", value: "application/octet-stream"), (name: "If-None-Match", value: "*"),
      (name: "x-ms-blob-type", value: "BlockBlob"),
    ]
    if let accessTier { headers.append((name: "x-ms-access-tier", value: accessTier)) }
    _ = try await send(
      Request(method: .put, key: key, headers: headers, body: content, permission: "create"), action: action)
  }

  /// Sends a request; what is no success comes as an error.
  ///
  /// A token that is refused is replaced once.
  func send(_ request: Request, action: String) async throws(StorageError) -> HTTPResponse {
    var isRepeated = false
    while true {
      var held: TokenKeeper<AccessToken>.Held?
      if case .tokens(let tokens) = credentials { held = try await tokens.current(action: action) }
      let response: HTTPResponse
      do throws(HTTPFailure) {
        response = try await transport.exchange(outgoing(request, token: held?.token.secret.text))
      } catch {
        throw StorageError(error, action: action)
      }
      if response.isSuccess { return response }
      guard response.status == 401, case .tokens(let tokens) = credentials, let held, !isRepeated else {
        throw AzureRefusal(response).error(response, permission: request.permission, action: action)
      }
      isRepeated = true
      tokens.discard(held)
    }
  }

  private func outgoing(_ request: Request, token: String?) -> HTTPRequest {
    let path =
      "/\(PercentEncoding.encoded(container))"
      + (request.key.map { "/\(PercentEncoding.encoded($0, keepsSlashes: true))" } ?? "")
    var query = request.query.map {
      "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))"
    }
    var headers = request.headers
    headers.append((name: "x-ms-version", value: Self.apiVersion))
    headers.append((name: "x-ms-date", value: HTTPDate.text(now())))
    switch credentials {
    case .sharedKey(let account, let key):
      let authorization = SharedKeySignature(account: account, key: key).authorization(
        method: request.method.rawValue, path: path, query: request.query, headers: headers,
        bodyByteCount: request.body.count)
      headers.append((name: "Authorization", value: authorization))
    case .signature(let signature): query.append(signature.text)
    case .tokens: headers.append((name: "Authorization", value: "Bearer \(token ?? "")"))
    }
    let target = query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    return HTTPRequest(
      request.method, target, headers: HTTPFields(headers), body: request.body, byteLimit: request.byteLimit)
  }
}

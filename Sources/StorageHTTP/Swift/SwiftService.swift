internal import ResticStorage
internal import Synchronization
internal import WallTime

/// Requests to one container of OpenStack Swift.
final class SwiftService: BucketService {
  private let container: String
  private let servers: ServerPool
  private let sessions: TokenKeeper<SwiftSession>
  private let lastTransport = Mutex<SocketTransport?>(nil)

  init(container: String, servers: ServerPool, sessions: TokenKeeper<SwiftSession>) {
    self.container = container
    self.servers = servers
    self.sessions = sessions
  }

  var clockOffsetSeconds: Double? { lastTransport.withLock { $0?.clock.offsetSeconds } }

  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage {
    var query: [(name: String, value: String)] = [("format", "json"), ("prefix", prefix)]
    if !isDeep { query.append(("delimiter", "/")) }
    if let position { query.append(("marker", position)) }
    let response = try await send(
      .get, nil, query: query, byteLimit: SwiftListing.byteLimit, missing: "there is no such container",
      action: action)
    if response.status == 204 { return BucketPage() }
    guard let page = SwiftListing.page(response.body, prefix: prefix, after: position) else {
      throw StorageError(.permanent, action: action, reason: "the answer is no listing of a container")
    }
    return page
  }

  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?) {
    let response = try await send(.head, key, action: action)
    let modified =
      response.headers["X-Timestamp"].flatMap(SwiftTime.parse)
      ?? response.headers["Last-Modified"].flatMap(HTTPDate.parse)
    return (response.headers["Content-Length"].flatMap { Int64($0) } ?? -1, modified)
  }

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8] {
    try await send(.get, key, byteLimit: byteLimit, action: action).body
  }

  func remove(_ key: String, action: String) async throws(StorageError) {
    _ = try await send(.delete, key, action: action)
  }

  func create(
    _ key: String, _ content: [UInt8], modified: UnixTime?, action: String
  ) async throws(StorageError) {
    _ = try await send(
      .put, key,
      headers: [
        (name: "If-None-Match", value: "*"), (name: "Content-Type", value: "binary/octet-stream"),
      ], body: content, missing: "there is no such container", action: action)
  }

  /// Sends a request; what is no success comes as an error.
  ///
  /// A token that is refused is replaced once.
  private func send(
    _ method: HTTPRequest.Method, _ key: String?, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], byteLimit: Int = 65_536,
    missing: String = "the container does not have it", action: String
  ) async throws(StorageError) -> HTTPResponse {
    let text = query.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
    var isRepeated = false
    while true {
      let held = try await sessions.current(action: action)
      let storage = held.token.storage
      let transport = try servers.transport(to: storage.origin, action: action)
      lastTransport.withLock { $0 = transport }
      var path = "\(storage.path)/\(PercentEncoding.encoded(container))"
      if let key { path += "/\(PercentEncoding.encoded(key, keepsSlashes: true))" }
      let response: HTTPResponse
      do throws(HTTPFailure) {
        response = try await transport.exchange(
          HTTPRequest(
            method, text.isEmpty ? path : "\(path)?\(text)",
            headers: HTTPFields(headers + [(name: "X-Auth-Token", value: held.token.token.text)]), body: body,
            byteLimit: byteLimit))
      } catch {
        throw StorageError(error, action: action)
      }
      if response.isSuccess { return response }
      if response.status == 401, !isRepeated {
        isRepeated = true
        sessions.discard(held)
        continue
      }
      throw Self.error(response, missing: missing, action: action)
    }
  }

  private static func error(_ response: HTTPResponse, missing: String, action: String) -> StorageError {
    let said = response.statusText
    func error(_ kind: StorageError.Class, _ reason: String) -> StorageError {
      StorageError(kind, action: action, reason: reason, retryAfterSeconds: response.retryAfterSeconds)
    }
    // 498 is Swift's own for too many requests.
    if response.isTransient || response.status == 498 {
      return error(.transient, "the service answered \(said)")
    }
    if response.isRedirect {
      return error(.permanent, "the service sends us elsewhere, to \(response.shownRedirect)")
    }
    switch response.status {
    case 404, 410: return error(.notFound, missing)
    case 401: return error(.notAllowed, "the service does not accept our token (\(said))")
    case 403:
      return error(
        .notAllowed,
        "the service forbids it (\(said)); the user needs a role that may, or the container's ACL")
    case 412: return error(.alreadyExists, "a file of that name is there")
    default: return error(.permanent, "the service answered \(said)")
    }
  }
}

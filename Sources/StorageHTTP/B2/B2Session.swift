internal import ResticStorage

/// Authorised requests to Backblaze B2; a token that has expired is replaced, once a request.
final class B2Session: Sendable {
  struct Request {
    enum Place {
      /// A call of the API.
      case call(String)
      /// A file, by its percent-encoded path.
      case download(String)
    }
    var place: Place
    var method = HTTPRequest.Method.post
    var body: [UInt8] = []
    var byteLimit = 65_536
    /// What the key has to be allowed.
    var capability: String
  }

  static let apiVersion = "v4"
  private static let authorizationByteLimit = 1 << 20

  private let credentials: HTTPCredentials
  private let start: HTTPOrigin
  private let clients: SocketClients
  private let known = B2Memory<B2Servers>()
  /// One authorisation at a time, however many requests wait for it.
  private let authorizing = RequestGate(width: 1)

  /// `start` is the server that authorises; `credentials` are the key's ID and the key.
  init(_ credentials: HTTPCredentials, start: HTTPOrigin, clients: SocketClients) {
    self.credentials = credentials
    self.start = start
    self.clients = clients
  }

  var clockOffsetSeconds: Double? { known.value?.api.clock.offsetSeconds }

  /// Sends a request, made for the authorisation it goes out with; what is no success comes as an error.
  func send(
    _ action: String, _ request: (B2Authorization) async throws(StorageError) -> Request
  ) async throws(StorageError) -> HTTPResponse {
    var refusedToken: String?
    while true {
      let servers = try await servers(insteadOf: refusedToken, action: action)
      let request = try await request(servers.authorization)
      let response = try await exchange(request, servers, action: action)
      if response.isSuccess { return response }
      let refusal = B2Refusal(response)
      guard refusal.asksForNewToken(response), refusedToken == nil else {
        throw refusal.error(response, capability: request.capability, action: action)
      }
      refusedToken = servers.authorization.token
    }
  }

  private func exchange(
    _ request: Request, _ servers: B2Servers, action: String
  ) async throws(StorageError) -> HTTPResponse {
    var headers: HTTPFields = [("Authorization", servers.authorization.token)]
    if request.method == .post { headers.add("Content-Type", "application/json") }
    let target: String
    let transport: SocketTransport
    switch request.place {
    case .call(let name):
      (target, transport) = ("\(servers.apiPath)/b2api/\(Self.apiVersion)/\(name)", servers.api)
    case .download(let path): (target, transport) = ("\(servers.downloadPath)/file/\(path)", servers.download)
    }
    do throws(HTTPFailure) {
      return try await transport.exchange(
        HTTPRequest(
          request.method, target, headers: headers, body: request.body, byteLimit: request.byteLimit))
    } catch {
      throw StorageError(error, action: action)
    }
  }

  /// Uploads one file to a place that b2_get_upload_url has named, with the token that it gave for this.
  func upload(
    _ content: [UInt8], to url: String, headers: HTTPFields, action: String
  ) async throws(StorageError) {
    let (transport, path) = try server(url, action: action)
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.exchange(HTTPRequest(.post, path, headers: headers, body: content))
    } catch {
      throw StorageError(error, action: action)
    }
    guard !response.isSuccess else { return }
    let refusal = B2Refusal(response)
    guard !refusal.asksForNewToken(response) else {
      // Such a place goes stale; the next attempt asks for another one.
      throw StorageError(
        .transient, action: action, reason: "the service takes no upload at this place any more")
    }
    throw refusal.error(response, capability: "writeFiles", action: action)
  }

  private func servers(
    insteadOf refusedToken: String?, action: String
  ) async throws(StorageError) -> B2Servers {
    if let servers = known.value, servers.authorization.token != refusedToken { return servers }
    return try await authorizing.pass(action: action) { () async throws(StorageError) in
      if let servers = known.value, servers.authorization.token != refusedToken { return servers }
      let servers = try await authorize(action: action)
      known.value = servers
      return servers
    }
  }

  private func authorize(action: String) async throws(StorageError) -> B2Servers {
    try StorageError.checkCancellation(action: action)
    let response: HTTPResponse
    do {
      response = try await clients.transport(to: start).exchange(
        HTTPRequest(
          .get, "/b2api/\(Self.apiVersion)/b2_authorize_account",
          headers: [("Authorization", credentials.basicAuthorization)],
          byteLimit: Self.authorizationByteLimit))
    } catch let failure as HTTPFailure {
      throw StorageError(failure, action: action)
    } catch {
      throw StorageError(.permanent, action: action, reason: "\(error)")
    }
    guard response.isSuccess else {
      if response.status == 401 {
        throw StorageError(
          .notAllowed, action: action,
          reason: "the service does not know this key (\(response.statusText)); check B2_ACCOUNT_ID and "
            + "B2_ACCOUNT_KEY")
      }
      throw B2Refusal(response).error(response, capability: "listFiles", action: action)
    }
    guard let authorization = B2Authorization(response.body) else {
      throw StorageError(.permanent, action: action, reason: "the answer to the authorisation is not sound")
    }
    let (api, apiPath) = try server(authorization.apiURL, tellsTime: true, action: action)
    let (download, downloadPath) = try server(authorization.downloadURL, action: action)
    return B2Servers(
      authorization: authorization, api: api, apiPath: apiPath, download: download, downloadPath: downloadPath
    )
  }

  /// The server that the service names; never one without TLS where the service itself has it.
  private func server(
    _ url: String, tellsTime: Bool = false, action: String
  ) throws(StorageError) -> (SocketTransport, path: String) {
    guard let (origin, path) = HTTPOrigin.parse(url), origin.usesTLS || !start.usesTLS else {
      throw StorageError(.permanent, action: action, reason: "the service names a server that can't be used")
    }
    do throws(TransportError) {
      return (try clients.transport(to: origin, tellsTime: tellsTime), path)
    } catch {
      throw StorageError(.permanent, action: action, reason: "\(error)")
    }
  }
}

/// An authorisation and the servers it holds at.
struct B2Servers: Sendable {
  let authorization: B2Authorization
  let api: SocketTransport
  let apiPath: String
  let download: SocketTransport
  let downloadPath: String
}

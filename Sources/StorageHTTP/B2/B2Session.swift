internal import ResticStorage

/// Authorised requests to Backblaze B2; a token that has expired is replaced, once a request.
final class B2Session: Sendable {
  struct Request {
    enum Place {
      /// A call of the API.
      case call(String)
      /// A file, by its percent-encoded path.
      case download(String)
      /// One version of a file, by its percent-encoded ID.
      case version(String)
    }
    var place: Place
    var method = HTTPRequest.Method.post
    var body: [UInt8] = []
    var byteLimit = 65_536
    /// What the key has to be allowed.
    var capability: String
  }

  private let login: B2Login
  private let sessions: TokenKeeper<B2Servers>

  /// `start` is the server that authorises; `credentials` are the key's ID and the key.
  init(_ credentials: HTTPCredentials, start: HTTPOrigin, servers: ServerPool) {
    let login = B2Login(credentials: credentials, start: start, servers: servers)
    self.login = login
    sessions = TokenKeeper { (_: Bool) async throws(StorageError) in (try await login.fetch(), nil) }
  }

  var clockOffsetSeconds: Double? { sessions.latest?.api.clock.offsetSeconds }

  /// Sends a request, made for the authorisation it goes out with; what is no success comes as an error.
  func send(
    _ action: String, _ request: (B2Authorization) async throws(StorageError) -> Request
  ) async throws(StorageError) -> HTTPResponse {
    var isRepeated = false
    while true {
      let held = try await sessions.current(action: action)
      let request = try await request(held.token.authorization)
      let response = try await exchange(request, held.token, action: action)
      if response.isSuccess { return response }
      let refusal = B2Refusal(response)
      guard refusal.asksForNewToken(response), !isRepeated else {
        throw refusal.error(response, capability: request.capability, action: action)
      }
      isRepeated = true
      sessions.discard(held)
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
      (target, transport) = ("\(servers.apiPath)/b2api/\(B2Login.apiVersion)/\(name)", servers.api)
    case .version(let id):
      (target, transport) = (
        "\(servers.downloadPath)/b2api/\(B2Login.apiVersion)/b2_download_file_by_id?fileId=\(id)",
        servers.download
      )
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
    let (transport, path) = try login.server(url, action: action)
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
}

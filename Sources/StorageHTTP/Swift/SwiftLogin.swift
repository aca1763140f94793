internal import ResticStorage

/// Where our files are and what lets us at them, as a login has it.
struct SwiftSession: Sendable {
  let storage: HTTPAddress
  let token: Secret
}

/// Logs in to OpenStack: Keystone version 3 and 2, and Swift's own version 1.
struct SwiftLogin: Sendable {
  let identity: SwiftIdentity
  let servers: ServerPool

  /// A catalog of many services in many regions.
  private static let answerByteLimit = 8 << 20

  func fetch(isRenewal: Bool) async throws(StorageError) -> (token: SwiftSession, lifetimeSeconds: Double?) {
    if let given = identity.given, !isRenewal {
      return (SwiftSession(storage: given.storage, token: given.token), nil)
    }
    guard let login = identity.login, identity.canLogIn else {
      throw StorageError(
        .notAllowed, action: "cannot sign in",
        reason: "the storage does not accept OS_AUTH_TOKEN, or no longer; set it to a new one")
    }
    let session =
      switch login.version {
      case .v1: try await version1(login.address)
      case .v2: try await version2(login.address)
      case .v3: try await version3(login.address)
      }
    return (session, nil)
  }

  private func version1(_ address: HTTPAddress) async throws(StorageError) -> SwiftSession {
    let response = try await send(
      HTTPRequest(
        .get, address.path.isEmpty ? "/" : address.path,
        headers: [
          ("X-Auth-User", try headerValue(identity.userName, "the user's name")),
          ("X-Auth-Key", try headerValue(identity.password?.text, "the password")),
        ]), to: address)
    return try session(
      address, place: response.headers["X-Storage-Url"],
      token: response.headers["X-Auth-Token"] ?? response.headers["X-Storage-Token"])
  }

  private func version2(_ address: HTTPAddress) async throws(StorageError) -> SwiftSession {
    let response = try await send(
      post("\(address.path)/tokens", SwiftRequests.version2(identity, at: address)), to: address)
    let catalog = SwiftCatalog(version2: response.body, region: identity.region)
    return try session(address, place: catalog.storage, token: catalog.token)
  }

  private func version3(_ address: HTTPAddress) async throws(StorageError) -> SwiftSession {
    let response = try await send(
      post("\(address.path)/auth/tokens", SwiftRequests.version3(identity)), to: address)
    let catalog = SwiftCatalog(version3: response.body, region: identity.region)
    return try session(address, place: catalog.storage, token: response.headers["X-Subject-Token"])
  }

  private func post(_ target: String, _ body: JSONText) -> HTTPRequest {
    HTTPRequest(
      .post, target, headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
      body: body.bytes, byteLimit: Self.answerByteLimit)
  }

  private func send(_ request: HTTPRequest, to address: HTTPAddress) async throws(StorageError)
    -> HTTPResponse
  {
    let action = action(address)
    let transport = try servers.transport(to: address.origin, action: action)
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.exchange(request)
    } catch {
      throw StorageError(error, action: action)
    }
    if response.isSuccess { return response }
    let said = response.statusText
    func error(_ kind: StorageError.Class, _ reason: String) -> StorageError {
      StorageError(kind, action: action, reason: reason, retryAfterSeconds: response.retryAfterSeconds)
    }
    if response.isTransient { throw error(.transient, "the server answered \(said)") }
    if response.isRedirect {
      throw error(
        .permanent,
        "the server sends us elsewhere, to \(response.shownRedirect); set OS_AUTH_URL or ST_AUTH to that")
    }
    switch response.status {
    case 401, 403:
      throw error(
        .notAllowed,
        "the server does not accept the user, password or credential (\(said)); check the OS_… or ST_… variables, "
          + "also those of project and domain")
    case 404:
      throw error(
        .permanent, "there is no login at this address (\(said)); check OS_AUTH_URL or ST_AUTH")
    default:
      throw error(
        .permanent,
        "the server answered \(said); check the OS_… or ST_… variables, also those of project and domain"
      )
    }
  }

  private func session(
    _ address: HTTPAddress, place: String?, token: String?
  ) throws(StorageError) -> SwiftSession {
    let action = action(address)
    guard let token, !token.isEmpty, token.utf8.count <= 65_536,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { throw StorageError(.permanent, action: action, reason: "the server's answer has no token") }
    guard let place else {
      throw StorageError(
        .permanent, action: action,
        reason: "the server knows no object store for us\(identity.region == nil ? "" : " in this region"); "
          + "check OS_REGION_NAME and the project")
    }
    guard let storage = HTTPAddress(place) else {
      throw StorageError(
        .permanent, action: action, reason: "the server gives an address for its object store that is none")
    }
    return SwiftSession(storage: storage, token: Secret(token))
  }

  private func headerValue(_ text: String?, _ what: String) throws(StorageError) -> String {
    guard let text, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw StorageError(
        .notAllowed, action: "cannot sign in", reason: "\(what) is missing or holds a line break")
    }
    return text
  }

  private func action(_ address: HTTPAddress) -> String { "cannot sign in at \(address.origin.authority)" }
}

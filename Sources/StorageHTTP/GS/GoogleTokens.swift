internal import ResticCrypto
internal import ResticStorage
internal import WallTime

/// Gets access tokens for Google's storage from whoever gives them for our credentials.
struct GoogleTokens: Sendable {
  let credentials: GoogleCredentials
  let servers: ServerPool
  /// Reaches the metadata server, which never lies behind a proxy, or is not there at all.
  let metadataServers: ServerPool
  let now: @Sendable () -> UnixTime

  func fetch(isRenewal: Bool) async throws(StorageError) -> (token: Secret, lifetimeSeconds: Double?) {
    switch credentials {
    case .token(let token):
      if isRenewal {
        throw StorageError(
          .notAllowed, action: "cannot sign in",
          reason: "Google does not accept GOOGLE_ACCESS_TOKEN, or no longer; set it to a new one, as "
            + "gcloud auth print-access-token prints it")
      }
      return (token, nil)
    case .serviceAccount(let account):
      let assertion: Secret
      do throws(OpenSSLFailure) {
        assertion = try account.assertion(atUnixSeconds: now().seconds)
      } catch {
        throw StorageError(
          .notAllowed, action: "cannot sign in as \(Self.shown(account.email))",
          reason: "the private_key of its key file is no RSA key in PEM; download the key file again")
      }
      return try await exchange(
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.text)],
        at: account.tokenAddress, action: "cannot sign in as \(Self.shown(account.email))",
        advice: "check that its key is not revoked, and that this machine's clock is right")
    case .authorizedUser(let user):
      return try await exchange(
        [
          ("grant_type", "refresh_token"), ("client_id", user.clientID),
          ("client_secret", user.clientSecret.text), ("refresh_token", user.refreshToken.text),
        ], at: user.tokenAddress, action: "cannot sign in as the user of gcloud",
        advice: "run gcloud auth application-default login again")
    case .machine(let host, let isCertain):
      return try await ofThisMachine(host, isCertain: isCertain)
    }
  }

  private func exchange(
    _ form: [(name: String, value: String)], at address: HTTPAddress, action: String, advice: String
  ) async throws(StorageError) -> (token: Secret, lifetimeSeconds: Double?) {
    let transport = try servers.transport(to: address.origin, action: action)
    let body = form.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
    let request = HTTPRequest(
      .post, address.path.isEmpty ? "/" : address.path,
      headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
      body: Array(body.utf8))
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.exchange(request)
    } catch {
      throw StorageError(error, action: action)
    }
    guard response.isSuccess else {
      let code = GSRefusal(response).reason
      let said = code.isEmpty ? response.statusText : "\(response.statusText), \(code)"
      if response.isTransient {
        throw StorageError(
          .transient, action: action, reason: "\(transport.origin.authority) answered \(said)",
          retryAfterSeconds: response.retryAfterSeconds)
      }
      throw StorageError(
        [400, 401, 403].contains(response.status) ? .notAllowed : .permanent, action: action,
        reason: "\(transport.origin.authority) answered \(said); \(advice)")
    }
    return try token(in: response, of: transport, action: action)
  }

  private func ofThisMachine(
    _ host: String, isCertain: Bool
  ) async throws(StorageError) -> (token: Secret, lifetimeSeconds: Double?) {
    let action = "cannot sign in as this machine's service account"
    let none = StorageError(
      .notAllowed, action: "cannot sign in",
      reason:
        "no credentials were found: set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file or "
        + "GOOGLE_ACCESS_TOKEN, or run gcloud auth application-default login")
    guard let address = HTTPAddress("http://\(host)"), address.path.isEmpty else {
      throw StorageError(
        .permanent, action: action, reason: "GCE_METADATA_HOST is no host; write it as host or host:port")
    }
    let transport = try metadataServers.transport(to: address.origin, action: action)
    let scope = PercentEncoding.encoded(GoogleCredentials.scope)
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.exchange(
        HTTPRequest(
          .get, "/computeMetadata/v1/instance/service-accounts/default/token?scopes=\(scope)",
          headers: [("Metadata-Flavor", "Google")]))
    } catch {
      guard isCertain || error.kind == .cancelled else { throw none }
      throw StorageError(error, action: action)
    }
    // Who does not say so is another server that happens to have this address.
    guard response.headers["Metadata-Flavor"] == "Google" else {
      guard isCertain else { throw none }
      throw StorageError(
        response.isTransient ? .transient : .permanent, action: action,
        reason: "\(transport.origin.authority) is no metadata server; check GCE_METADATA_HOST")
    }
    guard response.isSuccess else {
      throw StorageError(
        response.isTransient ? .transient : .notAllowed, action: action,
        reason: "the metadata server answered \(response.statusText); give the machine a service account",
        retryAfterSeconds: response.retryAfterSeconds)
    }
    return try token(in: response, of: transport, action: action)
  }

  private func token(
    in response: HTTPResponse, of transport: SocketTransport, action: String
  ) throws(StorageError) -> (token: Secret, lifetimeSeconds: Double?) {
    let values = JSONCursor.members(of: response.body) ?? [:]
    guard let token = values["access_token"], !token.isEmpty, token.utf8.count <= 16_384,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else {
      throw StorageError(
        .permanent, action: action, reason: "the answer of \(transport.origin.authority) has no access token")
    }
    return (Secret(token), values["expires_in"].flatMap { Int64($0) }.map { Double(max($0, 1)) })
  }

  /// An address out of a file, as far as it may be shown.
  private static func shown(_ text: String) -> String {
    text.utf8.count <= 200 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? text : "the service account"
  }
}

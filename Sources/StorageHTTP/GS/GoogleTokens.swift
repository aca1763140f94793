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

  func fetch(isRenewal: Bool) async throws(StorageError) -> AccessToken {
    switch credentials {
    case .token(let token):
      if isRenewal {
        throw StorageError(
          .notAllowed, action: "cannot sign in",
          reason: "Google does not accept GOOGLE_ACCESS_TOKEN, or no longer; set it to a new one, as "
            + "gcloud auth print-access-token prints it")
      }
      return token
    case .serviceAccount(let account):
      let assertion: Secret
      do throws(OpenSSLFailure) {
        assertion = try account.assertion(atUnixSeconds: now().seconds)
      } catch {
        throw StorageError(
          .notAllowed, action: "cannot sign in as \(Self.shown(account.email))",
          reason: "the private_key of its key file is no RSA key in PEM; download the key file again")
      }
      return try await TokenEndpoint(address: account.tokenAddress, servers: servers).token(
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.text)],
        advice: "check that its key is not revoked, and that this machine's clock is right",
        action: "cannot sign in as \(Self.shown(account.email))")
    case .authorizedUser(let user):
      return try await TokenEndpoint(address: user.tokenAddress, servers: servers).token(
        [
          ("grant_type", "refresh_token"), ("client_id", user.clientID),
          ("client_secret", user.clientSecret.text), ("refresh_token", user.refreshToken.text),
        ], advice: "run gcloud auth application-default login again",
        action: "cannot sign in as the user of gcloud")
    case .machine(let host, let isCertain):
      return try await ofThisMachine(host, isCertain: isCertain)
    }
  }

  private func ofThisMachine(
    _ host: String, isCertain: Bool
  ) async throws(StorageError) -> AccessToken {
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
    guard let token = AccessToken(json: response.body) else {
      throw StorageError(
        .permanent, action: action, reason: "the answer of the metadata server holds no access token")
    }
    return token
  }

  /// An address out of a file, as far as it may be shown.
  private static func shown(_ text: String) -> String {
    text.utf8.count <= 200 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? text : "the service account"
  }
}

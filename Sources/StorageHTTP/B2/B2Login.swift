internal import ResticStorage

/// An authorisation and the servers it holds at.
struct B2Servers: Sendable {
  let authorization: B2Authorization
  let api: SocketTransport
  let apiPath: String
  let download: SocketTransport
  let downloadPath: String
}

/// Shows the key to Backblaze B2, and learns what it opens and where (b2_authorize_account).
struct B2Login: Sendable {
  let credentials: HTTPCredentials
  let start: HTTPOrigin
  let servers: ServerPool

  static let apiVersion = "v4"
  private static let byteLimit = 1 << 20

  func fetch() async throws(StorageError) -> B2Servers {
    let action = "cannot sign in"
    let transport = try servers.transport(to: start, action: action)
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.exchange(
        HTTPRequest(
          .get, "/b2api/\(Self.apiVersion)/b2_authorize_account",
          headers: [("Authorization", credentials.basicAuthorization)], byteLimit: Self.byteLimit))
    } catch {
      throw StorageError(error, action: action)
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
    let (api, apiPath) = try server(authorization.apiURL, action: action)
    let (download, downloadPath) = try server(authorization.downloadURL, action: action)
    return B2Servers(
      authorization: authorization, api: api, apiPath: apiPath, download: download, downloadPath: downloadPath
    )
  }

  /// The server that the service names; never one without TLS where the service itself has it.
  func server(_ url: String, action: String) throws(StorageError) -> (SocketTransport, path: String) {
    guard let address = HTTPAddress(url), address.origin.usesTLS || !start.usesTLS else {
      throw StorageError(.permanent, action: action, reason: "the service names a server that can't be used")
    }
    return (try servers.transport(to: address.origin, action: action), address.path)
  }
}

internal import ResticStorage

/// A server that gives a machine or a service in Azure the tokens of its managed identity.
struct MetadataServer: Sendable {
  let address: HTTPAddress
  let servers: ServerPool
  /// Whether it is asked for only to find out that it is there.
  let isProbed: Bool

  /// `client` names the identity where there are several, `header` is what shows that this is no forged request.
  func source(
    version: String, resource: String, client: String?, header: (name: String, value: String)
  ) -> TokenSource {
    TokenSource { () async throws(StorageError) in
      let action = TokenSource.action
      var query = [(name: "api-version", value: version), (name: "resource", value: resource)]
      if let client { query.append((name: "client_id", value: client)) }
      let text = query.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
      let transport = try servers.transport(to: address.origin, action: action)
      let response: HTTPResponse
      do throws(HTTPFailure) {
        response = try await transport.exchange(
          HTTPRequest(.get, "\(address.path)?\(text)", headers: [header], byteLimit: 131_072))
      } catch {
        guard isProbed, error.kind != .cancelled else { throw StorageError(error, action: action) }
        return .absent("this machine has no managed identity")
      }
      if response.isSuccess {
        if let token = AccessToken(json: response.body) { return .token(token) }
        guard isProbed else {
          throw StorageError(
            .permanent, action: action, reason: "the managed identity's answer holds no token")
        }
        // Something else that answers at this address.
        return .absent("this machine has no managed identity")
      }
      if response.isTransient {
        throw StorageError(
          .transient, action: action, reason: "the managed identity answered \(response.statusText)",
          retryAfterSeconds: response.retryAfterSeconds)
      }
      let said = TokenEndpoint.said(response)
      guard isProbed else {
        throw StorageError(
          .notAllowed, action: action, reason: "the managed identity gives no token (\(said))")
      }
      return .absent("the managed identity gives no token (\(said))")
    }
  }
}

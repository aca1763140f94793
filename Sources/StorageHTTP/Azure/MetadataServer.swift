internal import ResticStorage

/// A server that gives a machine or a service in Azure the tokens of its managed identity.
struct MetadataServer: Sendable {
  let clients: SocketClients
  let origin: HTTPOrigin
  let path: String
  /// Whether it is asked for only to find out that it is there.
  let isProbed: Bool

  /// Connections that give up soon: outside of Azure nobody answers at its address.
  static func clients(_ settings: TransportSettings) throws(TransportError) -> SocketClients {
    var settings = settings
    settings.connectTimeoutSeconds = 1
    settings.exchangeTimeoutSeconds = 10
    return try SocketClients(settings, connectionLimit: 1)
  }

  /// `client` names the identity where there are several, `header` is what shows that this is no forged request.
  func source(
    version: String, resource: String, client: String?, header: (name: String, value: String)
  ) -> TokenSource {
    TokenSource { action throws(StorageError) in
      var query = [(name: "api-version", value: version), (name: "resource", value: resource)]
      if let client { query.append((name: "client_id", value: client)) }
      let text = query.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
      let response: HTTPResponse
      do {
        response = try await clients.transport(to: origin, isDirect: true).exchange(
          HTTPRequest(.get, "\(path)?\(text)", headers: [header], byteLimit: 131_072))
      } catch let failure as HTTPFailure where failure.kind == .cancelled {
        throw StorageError(failure, action: action)
      } catch let failure as HTTPFailure {
        guard isProbed else { throw StorageError(failure, action: action) }
        return .absent("this machine has no managed identity")
      } catch {
        throw StorageError(.permanent, action: action, reason: "\(error)")
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

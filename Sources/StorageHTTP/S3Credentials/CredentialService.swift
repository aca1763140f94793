internal import ResticStorage
internal import WallTime

/// A place that lends credentials: its answers are small, it is asked once, and it sends us nowhere else.
struct CredentialService: Sendable {
  let name: String
  let origin: HTTPOrigin
  /// Percent-encoded, with a leading slash.
  let path: String

  private static let byteLimit = 65_536

  /// `nil` for what is no URL of HTTP with a host.
  init?(_ name: String, url: String) {
    let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let scheme = parts.first?.lowercased(), ["http", "https"].contains(scheme),
      let rest = parts.last
    else { return nil }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let (host, port) = try? S3Address.hostAndPort(String(authority)) else { return nil }
    let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
    self.name = name
    origin = .tcp(usesTLS: scheme == "https", host: host, port: port)
    path = PercentEncoding.completed(target.hasPrefix("/") ? String(target) : "/\(target)")
  }

  var usesTLS: Bool { if case .tcp(let usesTLS, _, _) = origin { usesTLS } else { false } }

  /// Sends a request over a connection of its own.
  func send(
    _ method: HTTPRequest.Method, _ target: String, headers: [(name: String, value: String)],
    body: [UInt8] = [], settings: TransportSettings, proxy: String?
  ) async throws(StorageError) -> HTTPResponse {
    let client: SocketClient
    do throws(TransportError) {
      client = try SocketClient(settings, proxy: proxy, connectionLimit: 1)
    } catch {
      throw StorageError(.permanent, action: S3CredentialSource.action, reason: error.description)
    }
    do throws(HTTPFailure) {
      let response = try await SocketTransport(origin, client: client).exchange(
        HTTPRequest(
          method, target, headers: HTTPFields(headers), body: body, byteLimit: Self.byteLimit))
      await client.close()
      return response
    } catch {
      await client.close()
      throw StorageError(
        StorageError(error, action: "").kind, action: S3CredentialSource.action,
        reason: "\(name): \(error.description)")
    }
  }

  /// What a status that is no success means; never quotes the answer, which may hold credentials.
  func refusal(_ response: HTTPResponse) -> StorageError {
    StorageError(
      response.isTransient ? .transient : .notAllowed, action: S3CredentialSource.action,
      reason: "\(name) answered \(response.statusText)", retryAfterSeconds: response.retryAfterSeconds)
  }

  var malformed: StorageError {
    StorageError(
      .permanent, action: S3CredentialSource.action, reason: "the answer of \(name) holds no credentials")
  }
}

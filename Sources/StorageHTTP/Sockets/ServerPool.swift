internal import ResticStorage
internal import Synchronization

/// The connections of one repository to several servers: where it lies, and who lets us in.
///
/// Each server is reached through its own proxy; `close` ends them all.
final class ServerPool: Sendable {
  private struct State {
    /// By the proxy's URL, empty for none.
    var clients: [String: SocketClient] = [:]
    var transports: [HTTPOrigin: SocketTransport] = [:]
  }

  private let settings: TransportSettings
  private let connectionLimit: Int
  private let state = Mutex(State())

  init(_ settings: TransportSettings, connectionLimit: Int) {
    self.settings = settings
    self.connectionLimit = connectionLimit
  }

  /// For servers of this machine or of the network it is in, which may not be there at all: never behind a proxy, and
  /// given up on soon.
  static func nearby(_ settings: TransportSettings) -> ServerPool {
    var settings = settings
    settings.proxies = ProxyRules()
    settings.connectTimeoutSeconds = min(settings.connectTimeoutSeconds, 2)
    settings.exchangeTimeoutSeconds = min(settings.exchangeTimeoutSeconds, 10)
    return ServerPool(settings, connectionLimit: 1)
  }

  /// Sends nothing yet; reads certificates, the first time.
  func transport(to origin: HTTPOrigin) throws(TransportError) -> SocketTransport {
    try state.withLock { state throws(TransportError) in
      if let known = state.transports[origin] { return known }
      var proxy: String?
      if case .tcp(let usesTLS, let host, let port) = origin {
        proxy = settings.proxies.proxy(usesTLS: usesTLS, host: host, port: port)
      }
      let client: SocketClient
      if let known = state.clients[proxy ?? ""] {
        client = known
      } else {
        client = try SocketClient(settings, proxy: proxy, connectionLimit: connectionLimit)
        state.clients[proxy ?? ""] = client
      }
      let transport = SocketTransport(origin, client: client)
      state.transports[origin] = transport
      return transport
    }
  }

  /// As `transport(to:)`, for a server that was learned of on the way.
  func transport(to origin: HTTPOrigin, action: String) throws(StorageError) -> SocketTransport {
    do throws(TransportError) {
      return try transport(to: origin)
    } catch {
      throw StorageError(.permanent, action: action, reason: "\(error.description); \(error.hint)")
    }
  }

  func close() async {
    let clients = state.withLock { state in
      defer { state = State() }
      return Array(state.clients.values)
    }
    for client in clients { await client.close() }
  }
}

internal import ResticStorage
internal import Synchronization

/// Connections to several servers, each over the proxy that its host asks for; has to be closed.
final class SocketClients: Sendable {
  private let settings: TransportSettings
  private let connectionLimit: Int
  private let clients: Mutex<[String: SocketClient]>

  /// Reads the certificates that `settings` name.
  init(_ settings: TransportSettings, connectionLimit: Int) throws(TransportError) {
    self.settings = settings
    self.connectionLimit = connectionLimit
    clients = Mutex(["": try SocketClient(settings, proxy: nil, connectionLimit: connectionLimit)])
  }

  /// A transport to a server; without a proxy where it `isDirect`.
  ///
  /// Only one that `tellsTime` finds out whether the server's clock is another machine's, which may need its name resolved.
  func transport(
    to origin: HTTPOrigin, isDirect: Bool = false, tellsTime: Bool = false
  ) throws(TransportError) -> SocketTransport {
    var proxy: String?
    if !isDirect, case .tcp(let usesTLS, let host, let port) = origin {
      proxy = settings.proxies.proxy(usesTLS: usesTLS, host: host, port: port)
    }
    let clock = tellsTime ? nil : ServerClock(now: SystemTime.now, isRemote: { false })
    return SocketTransport(origin, client: try client(proxy), clock: clock)
  }

  private func client(_ proxy: String?) throws(TransportError) -> SocketClient {
    let made = clients.withLock { clients -> Result<SocketClient, TransportError> in
      let key = proxy ?? ""
      if let known = clients[key] { return .success(known) }
      do throws(TransportError) {
        let client = try SocketClient(settings, proxy: proxy, connectionLimit: connectionLimit)
        clients[key] = client
        return .success(client)
      } catch {
        return .failure(error)
      }
    }
    return try made.get()
  }

  func close() async {
    for client in clients.withLock({ Array($0.values) }) { await client.close() }
  }
}

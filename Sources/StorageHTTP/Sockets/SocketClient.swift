package import ResticStorage
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix

/// The connections to all servers of one repository; has to be closed.
package final class SocketClient: Sendable {
  let http: HTTPClient
  let settings: TransportSettings

  /// Reads the certificates that `settings` name; `proxy` comes from `ProxyRules`.
  package init(_ settings: TransportSettings, proxy: String?, connectionLimit: Int) throws(TransportError) {
    self.settings = settings
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: try settings.tlsConfiguration(), redirectConfiguration: .disallow,
      timeout: .init(
        connect: .nanoseconds(Int64(settings.connectTimeoutSeconds * 1e9)),
        read: .nanoseconds(Int64(settings.idleTimeoutSeconds * 1e9))),
      proxy: try proxy.map { text throws(TransportError) in try ProxyAddress(text).configuration },
      decompression: .disabled)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(connectionLimit, 1)
    // Trying again is the decorator's work, which knows when to stop.
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  package func close() async { try? await http.shutdown() }

  deinit {
    // A client that goes without this traps; after `close` it only tells that there is nothing to do.
    http.shutdown { _ in }
  }
}

package import ResticStorage

/// Leads from a `rest:` location to its repository.
package struct RESTBackend {
  let location: RESTLocation
  let connectionLimit: Int
  let settings: TransportSettings
  let environment: StorageEnvironment

  /// `options` are those of the namespace `rest`, each with a value of its type.
  package init(
    _ location: RESTLocation, options: [String: String], settings: TransportSettings,
    environment: StorageEnvironment
  ) {
    self.location = location
    self.settings = settings
    self.environment = environment
    connectionLimit = ConnectionLimit.of(options)
  }

  /// Sends nothing yet; reads the certificates that the settings name.
  package func connect() throws -> StorageConnection {
    let origin: HTTPOrigin
    var proxy: String?
    switch location.transport {
    case .tcp(let usesTLS, let host, let port):
      origin = .tcp(usesTLS: usesTLS, host: host, port: port)
      proxy = settings.proxies.proxy(usesTLS: usesTLS, host: host, port: port)
    case .unixSocket(let path): origin = .unixSocket(path: path)
    }
    let client = try SocketClient(settings, proxy: proxy, connectionLimit: connectionLimit)
    let transport = SocketTransport(origin, client: client)
    let storage = RESTStorage(
      transport, displayName: displayName, basePath: location.path, credentials: credentials,
      clock: { transport.clock.offsetSeconds }, listingWidth: connectionLimit)
    return StorageConnection(
      retrying: storage, removal: RESTLockRemoval(storage), connectionLimit: connectionLimit,
      retrier: settings.retries ? .system : nil, end: { await client.close() })
  }

  /// The environment's only where the URL has neither user nor password.
  private var credentials: HTTPCredentials? {
    if let given = location.credentials {
      return HTTPCredentials(user: given.user, password: given.password ?? "")
    }
    let user = environment.variable("RESTIC_REST_USERNAME")
    let password = environment.variable("RESTIC_REST_PASSWORD")
    guard user != nil || password != nil else { return nil }
    return HTTPCredentials(user: user ?? "", password: password ?? "")
  }

  private var displayName: String {
    let user = location.credentials.map { "\($0)@" } ?? ""
    switch location.transport {
    case .tcp(let usesTLS, let host, let port):
      let authority = HTTPOrigin.tcp(usesTLS: usesTLS, host: host, port: port).authority
      return "rest:\(usesTLS ? "https" : "http")://\(user)\(authority)\(location.path)"
    case .unixSocket(let path): return "rest:http+unix://\(user)\(path):\(location.path)"
    }
  }
}

/// How many connections restic's `-o X.connections` allows.
package enum ConnectionLimit {
  /// `options` are one backend's own; restic takes five where nothing is said.
  package static func of(_ options: [String: String]) -> Int {
    guard let text = options["connections"], let count = UInt32(text) else { return 5 }
    return max(1, min(Int(count), 256))
  }
}

/// How servers are reached: what restic's global flags and variables say of TLS, proxies and patience.
package struct TransportSettings: Sendable, Hashable {
  /// PEM files that replace the system's certificates, where there are any.
  package var certificateFiles: [String] = []
  /// A PEM file with our certificate and its key.
  package var clientCertificateFile: String?
  /// Whether any certificate is taken.
  package var isInsecure = false
  package var userAgent = "reslock"
  package var proxies = ProxyRules()
  package var connectTimeoutSeconds: Double = 30
  /// How long a server may say nothing in the middle of an exchange.
  package var idleTimeoutSeconds: Double = 60
  /// How long one exchange may take in all.
  package var exchangeTimeoutSeconds: Double = 300
  /// Whether failed requests are tried again.
  package var retries = true

  package init() {}
}

/// Which proxy leads to a host (Go's `http.ProxyFromEnvironment`, whose rules restic follows).
package struct ProxyRules: Sendable, Hashable {
  package var httpProxy: String?
  package var httpsProxy: String?
  package var noProxy: String?

  package init(httpProxy: String? = nil, httpsProxy: String? = nil, noProxy: String? = nil) {
    self.httpProxy = httpProxy
    self.httpsProxy = httpsProxy
    self.noProxy = noProxy
  }

  /// The proxy's URL for a host; `nil` for a direct way, which this machine's own names always get.
  package func proxy(usesTLS: Bool, host: String, port: UInt16?) -> String? {
    guard let proxy = usesTLS ? httpsProxy : httpProxy, !proxy.isEmpty else { return nil }
    let host = host.lowercased()
    if host == "localhost" || SocketAddresses.isLoopback(host) { return nil }
    let portText = String(port ?? (usesTLS ? 443 : 80))
    for entry in (noProxy ?? "").split(separator: ",") {
      let rule = entry.drop { $0 == " " }.prefix { $0 != " " }.lowercased()
      if rule == "*" { return nil }
      if Self.matches(rule, host: host, port: portText) { return nil }
    }
    return proxy
  }

  private static func matches(_ rule: String, host: String, port: String) -> Bool {
    var name = rule[...]
    if let colon = name.lastIndex(of: ":"), name.firstIndex(of: ":") == colon || name.hasPrefix("[") {
      let given = name[name.index(after: colon)...]
      if !given.isEmpty, given.allSatisfy(\.isNumber) {
        guard given == port else { return false }
        name = name[..<colon]
      }
    }
    if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
    if name.isEmpty { return false }
    if SocketAddresses.isInNetwork(host, String(name)) { return true }
    if name.hasPrefix("*.") { name = name.dropFirst() }
    // `.example.org` means what is below it, `example.org` itself too.
    return name.hasPrefix(".") ? host.hasSuffix(name) : host == name || host.hasSuffix(".\(name)")
  }
}

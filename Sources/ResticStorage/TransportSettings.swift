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
}

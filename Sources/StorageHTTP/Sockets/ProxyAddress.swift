internal import AsyncHTTPClient
internal import ResticStorage
internal import AsyncHTTPClient
/// A proxy as HTTP_PROXY and HTTPS_PROXY name it: `http://user:password@host:port` or `host:port`.
struct ProxyAddress {
  let host: String
  let port: Int
  let credentials: HTTPCredentials?
  let usesSOCKS: Bool

  init(_ text: String) throws(TransportError) {
    let refused = TransportError(
      "the proxy in HTTP_PROXY or HTTPS_PROXY can't be used",
      hint: "write http://host:port, http://user:password@host:port or socks5://host:port")
    var rest = text[...]
    var scheme = "http"
    if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") {
      scheme = text[..<colon].lowercased()
      rest = text[text.index(colon, offsetBy: 3)...]
    }
    guard ["http", "socks5", "socks5h"].contains(scheme) else { throw refused }
    usesSOCKS = scheme != "http"
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") {
      let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      rest = rest[rest.index(after: at)...]
      let parts = login.compactMap { PercentEncoding.decoded($0.utf8) }
      guard let user = parts.first, parts.count == login.count else { throw refused }
      credentials = HTTPCredentials(
        user: String(decoding: user, as: UTF8.self),
        password: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "")
    } else {
      credentials = nil
    }
    var portText = Substring()
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
      portText = rest[rest.index(after: colon)...]
      rest = rest[..<colon]
    }
    if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
    guard let port = portText.isEmpty ? (usesSOCKS ? 1080 : 80) : UInt16(portText), !rest.isEmpty else {
      throw refused
    }
    guard credentials == nil || !usesSOCKS else { throw refused }
    host = String(rest)
    self.port = Int(port)
  }

  var configuration: HTTPClient.Configuration.Proxy {
    if usesSOCKS { return .socksServer(host: host, port: port) }
    return .server(
      host: host, port: port,
      authorization: credentials.map { .basic(username: $0.user, password: $0.password.text) })
  }
}

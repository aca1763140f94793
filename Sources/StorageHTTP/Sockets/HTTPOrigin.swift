/// One server: where connections go to, and what its URLs begin with.
package enum HTTPOrigin: Hashable, Sendable {
  /// `host` without brackets.
  case tcp(usesTLS: Bool, host: String, port: UInt16?)
  case unixSocket(path: String)

  /// Host and perhaps port as a URL and the `Host` field have them.
  package var authority: String {
    switch self {
    case .tcp(_, let host, let port):
      let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
      return port.map { "\(name):\($0)" } ?? name
    case .unixSocket: return "localhost"
    }
  }

  var urlPrefix: String {
    switch self {
    case .tcp(let usesTLS, _, _): "\(usesTLS ? "https" : "http")://\(authority)"
    case .unixSocket(let path): "http+unix://\(PercentEncoding.encoded(path))"
    }
  }

  var usesTLS: Bool {
    if case .tcp(let usesTLS, _, _) = self { return usesTLS }
    return false
  }

  var hostName: String? {
    if case .tcp(_, let host, _) = self { return host }
    return nil
  }

  /// The path and query of a URL or absolute path that belongs to this server.
  func ownTarget(of location: String) -> String? {
    if location.utf8.count > 4096 { return nil }
    if location.hasPrefix("/"), !location.hasPrefix("//") { return PercentEncoding.completed(location) }
    guard case .tcp(let usesTLS, let host, let port) = self else { return nil }
    let scheme = usesTLS ? "https://" : "http://"
    guard location.lowercased().hasPrefix(scheme) else { return nil }
    let rest = location.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    let standard: UInt16 = usesTLS ? 443 : 80
    let name = HTTPOrigin.tcp(usesTLS: usesTLS, host: host.lowercased(), port: nil).authority
    guard authority == "\(name):\(port ?? standard)" || (authority == name && port ?? standard == standard)
    else { return nil }
    let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
    return PercentEncoding.completed(target.hasPrefix("/") ? String(target) : "/\(target)")
  }
}

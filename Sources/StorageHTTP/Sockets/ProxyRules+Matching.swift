package import ResticStorage

extension ProxyRules {
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

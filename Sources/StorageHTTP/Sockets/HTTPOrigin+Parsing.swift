extension HTTPOrigin {
  /// The server and the path of a URL that a service or a variable names; `nil` for what is none.
  ///
  /// A user, a query and a fragment make it none; the path has no slash at its end.
  static func parse(_ url: String) -> (origin: HTTPOrigin, path: String)? {
    let usesTLS: Bool
    let rest: Substring
    if url.lowercased().hasPrefix("https://") {
      (usesTLS, rest) = (true, url.dropFirst(8))
    } else if url.lowercased().hasPrefix("http://") {
      (usesTLS, rest) = (false, url.dropFirst(7))
    } else {
      return nil
    }
    guard url.utf8.count <= 2048,
      url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"?#@\\".utf8.contains($0) })
    else { return nil }
    var host = rest.prefix { $0 != "/" }
    var path = rest.dropFirst(host.count)
    while path.last == "/" { path = path.dropLast() }
    var port: UInt16?
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
      guard let number = UInt16(host[host.index(after: colon)...]), number > 0 else { return nil }
      port = number
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.utf8.contains(where: { "[]".utf8.contains($0) }) else { return nil }
    return (
      .tcp(usesTLS: usesTLS, host: host.lowercased(), port: port), PercentEncoding.completed(String(path))
    )
  }

  var usesTLS: Bool {
    if case .tcp(let usesTLS, _, _) = self { return usesTLS }
    return false
  }
}

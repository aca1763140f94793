/// An `http://` or `https://` URL, taken apart; user, password, query and fragment have no place in it.
struct HTTPAddress: Sendable, Hashable {
  let origin: HTTPOrigin
  /// Percent-encoded, without a slash at its end; empty for the root.
  let path: String

  /// `path` as it will stand in a request, without a slash at its end.
  init(_ origin: HTTPOrigin, path: String) {
    self.origin = origin
    self.path = path
  }

  /// `nil` for every other text; a text without scheme is one of `http` where `allowsBareHost`.
  init?(_ text: String, allowsBareHost: Bool = false) {
    guard text.utf8.count <= 4096,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") })
    else { return nil }
    let lower = text.lowercased()
    var rest = text[...]
    var usesTLS = false
    if lower.hasPrefix("https://") {
      usesTLS = true
      rest = rest.dropFirst(8)
    } else if lower.hasPrefix("http://") {
      rest = rest.dropFirst(7)
    } else {
      guard allowsBareHost else { return nil }
    }
    guard !rest.contains(where: { "?#@".contains($0) }) else { return nil }
    var host = rest.prefix { $0 != "/" }
    var path = rest.dropFirst(host.count)
    while path.hasSuffix("/") { path = path.dropLast() }
    var port: UInt16?
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
      let digits = host[host.index(after: colon)...]
      guard let number = UInt16(digits), number > 0, digits.allSatisfy(\.isNumber) else { return nil }
      port = number
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.contains(where: { "[]%".contains($0) }) else { return nil }
    origin = .tcp(usesTLS: usesTLS, host: host.lowercased(), port: port)
    self.path = PercentEncoding.completed(String(path))
  }
}

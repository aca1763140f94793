/// A token that lets requests in for a while.
struct AccessToken: Sendable {
  let secret: Secret
  /// From when it was given; `nil` where that is not told.
  let lifetimeSeconds: Double?

  /// `nil` for what can't stand in a header.
  init?(_ text: String, lifetimeSeconds: Double?) {
    guard !text.isEmpty, text.utf8.count <= 32_768, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      return nil
    }
    secret = Secret(text)
    self.lifetimeSeconds = lifetimeSeconds
  }

  /// Reads the answer of a token endpoint (RFC 6749, 5.1), or what Azure's command line prints.
  init?(json body: [UInt8]) {
    guard let members = JSONCursor.members(of: body),
      let text = members["access_token"] ?? members["accessToken"]
    else { return nil }
    // Some services write the number as a text.
    let lifetime = members["expires_in"].flatMap { Int64($0) }
    self.init(text, lifetimeSeconds: lifetime.map { Double(max(1, min($0, 86_400))) })
  }
}

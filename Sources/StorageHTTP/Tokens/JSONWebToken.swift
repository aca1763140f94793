internal import ResticCrypto

/// A signed statement (RFC 7519) by which the owner of a private RSA key shows who they are.
enum JSONWebToken {
  /// The token, signed as `RS256` by a key in PEM; `header` is what comes beside the algorithm.
  static func signed(
    header: [(String, JSONText)], claims: [(String, JSONText)], privateKey: SecretBytes
  ) throws(OpenSSLFailure) -> Secret {
    let header = JSONText.object([("alg", .text("RS256")), ("typ", .text("JWT"))] + header)
    let signed = [header, JSONText.object(claims)].map { Base64.urlEncoded($0.bytes) }.joined(separator: ".")
    let signature = try RSASHA256.signature(Array(signed.utf8), privateKey: privateKey)
    return Secret("\(signed).\(Base64.urlEncoded(signature))")
  }
}

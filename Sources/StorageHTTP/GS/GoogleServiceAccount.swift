internal import ResticCrypto

/// A service account's key file.
struct GoogleServiceAccount: Sendable {
  let email: String
  let keyID: String?
  /// PEM.
  let key: SecretBytes
  /// The token server's URL as the file has it.
  let audience: String
  let tokenAddress: HTTPAddress

  /// What the token's server exchanges for an access token (RFC 7523), good for an hour.
  func assertion(atUnixSeconds now: Int64) throws(OpenSSLFailure) -> Secret {
    try JSONWebToken.signed(
      header: keyID.map { [("kid", .text($0))] } ?? [],
      claims: [
        ("iss", .text(email)), ("scope", .text(GoogleCredentials.scope)), ("aud", .text(audience)),
        // Some seconds back: Google refuses what comes out of the future.
        ("iat", .number(now &- 10)), ("exp", .number(now &+ 3590)),
      ], privateKey: key)
  }
}

internal import ResticCrypto
internal import WallTime

/// A certificate with its key, which an application shows instead of a secret (RFC 7523).
struct AzureCertificate: Sendable {
  private let certificate: [UInt8]
  private let pem: SecretBytes

  /// `nil` for what does not hold a certificate as PEM.
  init?(pem: [UInt8]) {
    guard let certificate = PEM.first("CERTIFICATE", in: pem) else { return nil }
    self.certificate = certificate
    self.pem = SecretBytes(copying: pem)
  }

  /// A signed statement, good for ten minutes; `nil` where there is no unencrypted RSA key beside the certificate.
  func assertion(clientID: String, audience: String, id: String, now: UnixTime) -> Secret? {
    guard let thumbprint = SHA1.digest(certificate) else { return nil }
    return try? JSONWebToken.signed(
      header: [("x5t", .text(Base64.urlEncoded(thumbprint)))],
      claims: [
        ("aud", .text(audience)), ("exp", .number(now.seconds &+ 600)), ("iss", .text(clientID)),
        ("jti", .text(id)), ("nbf", .number(now.seconds &- 60)), ("sub", .text(clientID)),
      ], privateKey: pem)
  }
}

internal import ResticCrypto
internal import WallTime

/// What a certificate's owner shows instead of a secret (RFC 7523): a signed statement, good for ten minutes.
struct ClientAssertion {
  private let certificate: [UInt8]
  private let pem: [UInt8]

  /// `nil` for what does not hold a certificate as PEM.
  init?(pem: [UInt8]) {
    guard let certificate = PEM.first("CERTIFICATE", in: pem) else { return nil }
    self.certificate = certificate
    self.pem = pem
  }

  /// `nil` where there is no unencrypted RSA key beside the certificate.
  func text(clientID: String, audience: String, id: String, now: UnixTime) -> String? {
    guard let thumbprint = SHA1.digest(certificate) else { return nil }
    let header = JSONText.object([
      (name: "alg", value: .text("RS256")), (name: "typ", value: .text("JWT")),
      (name: "x5t", value: .text(Base64.urlEncoded(thumbprint))),
    ])
    let seconds = Int(clamping: now.seconds)
    let claims = JSONText.object([
      (name: "aud", value: .text(audience)), (name: "exp", value: .number(seconds + 600)),
      (name: "iss", value: .text(clientID)), (name: "jti", value: .text(id)),
      (name: "nbf", value: .number(seconds - 60)), (name: "sub", value: .text(clientID)),
    ])
    let signed = "\(Base64.urlEncoded(header)).\(Base64.urlEncoded(claims))"
    guard let signature = RS256.signature(Array(signed.utf8), pem: pem) else { return nil }
    return "\(signed).\(Base64.urlEncoded(signature))"
  }
}

/// Texts between `-----BEGIN X-----` and `-----END X-----` (RFC 7468).
enum PEM {
  static func first(_ label: String, in bytes: [UInt8]) -> [UInt8]? {
    let lines = bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let start = lines.firstIndex(of: "-----BEGIN \(label)-----") else { return nil }
    guard let end = lines[start...].firstIndex(of: "-----END \(label)-----") else { return nil }
    return Base64.decoded(lines[(start + 1)..<end].joined())
  }
}

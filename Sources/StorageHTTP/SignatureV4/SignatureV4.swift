internal import ResticCrypto
internal import WallTime

/// Signs requests as AWS and its likes want them (AWS documentation, "Signature Version 4 signing process").
struct SignatureV4 {
  let credentials: S3Credentials
  let region: String
  let service: String

  static let algorithm = "AWS4-HMAC-SHA256"

  /// One request as it is signed; every header in it is.
  struct Request {
    let method: String
    /// Percent-encoded once, and not touched again: S3 wants no path encoded twice.
    let path: String
    /// Percent-encoded pairs.
    let query: [(name: String, value: String)]
    /// The host and everything else that is to be vouched for.
    let headers: [(name: String, value: String)]
    /// Lower-case hexadecimal SHA-256 of the body.
    let bodyHash: String
  }

  /// The value of the `Authorization` field.
  func authorization(_ request: Request, at time: UnixTime) -> String {
    let stamp = Self.stamp(time)
    let signedNames = Self.signedHeaders(request).map(\.name).joined(separator: ";")
    return "\(Self.algorithm) Credential=\(credentials.keyID)/\(scope(stamp)), SignedHeaders=\(signedNames), "
      + "Signature=\(signature(request, stamp: stamp))"
  }

  func signature(_ request: Request, stamp: String) -> String {
    let toSign = stringToSign(request, stamp: stamp)
    var key = SecretBytes(copying: "AWS4\(credentials.secret.text)".utf8)
    for part in [String(stamp.prefix(8)), region, service, "aws4_request"] {
      key = SecretBytes(copying: HMACSHA256.code(Array(part.utf8), key: key))
    }
    return Hex.text(HMACSHA256.code(Array(toSign.utf8), key: key))
  }

  func stringToSign(_ request: Request, stamp: String) -> String {
    let canonical = Self.canonicalRequest(request)
    return [Self.algorithm, stamp, scope(stamp), SHA256.hex(Array(canonical.utf8))].joined(separator: "\n")
  }

  static func canonicalRequest(_ request: Request) -> String {
    let headers = signedHeaders(request)
    let query = request.query.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
      .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return [
      request.method, request.path, query, headers.map { "\($0.name):\($0.value)\n" }.joined(),
      headers.map(\.name).joined(separator: ";"), request.bodyHash,
    ].joined(separator: "\n")
  }

  /// `20150830T123600Z`.
  static func stamp(_ time: UnixTime) -> String {
    UnixTime(seconds: time.seconds).rfc3339.filter { $0 != "-" && $0 != ":" }
  }

  private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }

  /// Names in lower case and in order, runs of spaces in values made one, values of one name joined.
  private static func signedHeaders(_ request: Request) -> [(name: String, value: String)] {
    var joined: [String: String] = [:]
    for (name, value) in request.headers {
      let trimmed = value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
      let key = name.lowercased()
      joined[key] = joined[key].map { "\($0),\(trimmed)" } ?? trimmed
    }
    return joined.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
  }
}

enum Hex {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

import ResticCrypto
import Testing
import WallTime

@testable import StorageHTTP

/// A request and its signature as AWS publishes them.
struct SignatureVector: Sendable, CustomTestStringConvertible {
  let name: String
  let service: String
  let keyID: String
  let secret: String
  let time: UnixTime
  let method: String
  let path: String
  var query: [(name: String, value: String)] = []
  var headers: [(name: String, value: String)]
  var body = ""
  let signature: String

  var testDescription: String { name }

  /// "Signature Calculations for the Authorization Header", AWS documentation of Amazon S3.
  private static func s3(
    _ name: String, _ method: String, _ path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: String = "", signature: String
  ) -> SignatureVector {
    SignatureVector(
      name: "S3: \(name)", service: "s3", keyID: "AKIAIOSFODNN7EXAMPLE",
      secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", time: UnixTime(seconds: 1_369_353_600),
      method: method, path: path, query: query,
      headers: headers + [
        ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
        ("x-amz-content-sha256", SHA256.hex(Array(body.utf8))),
      ], body: body, signature: signature)
  }

  /// The Signature Version 4 test suite.
  private static func suite(
    _ name: String, _ method: String = "GET", query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], signature: String
  ) -> SignatureVector {
    SignatureVector(
      name: "suite: \(name)", service: "service", keyID: "AKIDEXAMPLE",
      secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", time: UnixTime(seconds: 1_440_938_160),
      method: method, path: "/", query: query,
      headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")] + headers,
      signature: signature)
  }

  static let all = [
    s3(
      "GET Object", "GET", "/test.txt", headers: [("Range", "bytes=0-9")],
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    s3(
      "PUT Object", "PUT", "/test%24file.text",
      headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
      body: "Welcome to Amazon S3.",
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    s3(
      "GET Bucket Lifecycle", "GET", "/", query: [("lifecycle", "")],
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    s3(
      "List Objects", "GET", "/", query: [("max-keys", "2"), ("prefix", "J")],
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    suite("get-vanilla", signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    suite(
      "get-vanilla-query-order-key-case", query: [("Param2", "value2"), ("Param1", "value1")],
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    suite(
      "post-vanilla", "POST", signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
  ]
}

@Suite struct SignatureV4Tests {
  @Test("the published vectors are signed as published", arguments: SignatureVector.all)
  func vector(_ vector: SignatureVector) {
    let signer = SignatureV4(
      credentials: S3Credentials(keyID: vector.keyID, secret: vector.secret), region: "us-east-1",
      service: vector.service)
    let request = SignatureV4.Request(
      method: vector.method, path: vector.path, query: vector.query, headers: vector.headers,
      bodyHash: SHA256.hex(Array(vector.body.utf8)))
    #expect(signer.signature(request, stamp: SignatureV4.stamp(vector.time)) == vector.signature)
    let authorization = signer.authorization(request, at: vector.time)
    #expect(authorization.hasSuffix("Signature=\(vector.signature)"))
    #expect(!authorization.contains(vector.secret))
  }

  @Test("credentials show in no description")
  func redacted() {
    let credentials = S3Credentials(keyID: "AKID", secret: "topsecret", sessionToken: "token")
    var text = ""
    dump(credentials, to: &text)
    #expect(!"\(credentials)\(text)".contains("topsecret") && !text.contains("token"))
  }

  @Test(
    "HMAC-SHA-256 gives the codes of RFC 4231",
    arguments: [
      (
        Array("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0x0b, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
    ])
  func hmac(_ key: [UInt8], _ message: String, _ code: String) {
    #expect(Hex.text(HMACSHA256.code(Array(message.utf8), key: SecretBytes(copying: key))) == code)
  }
}

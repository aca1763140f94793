import Foundation
import ResticCrypto
import TestSupport
import Testing
import WallTime

@testable import StorageHTTP

/// The small parts that b2 and azure stand on, against Foundation and openssl where they know the same.
@Suite struct ObjectPartsTests {
  @Test("Base64 reads what Foundation writes, and nothing else")
  func base64() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      let text = Data(bytes).base64EncodedString()
      #expect(Base64.encoded(bytes) == text && Base64.decoded(text) == bytes)
      let url = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      #expect(Base64.urlEncoded(bytes) == url)
    }
    for text in ["a", "ab", "abc", "ab=c", "====", "a===", "ab c", "ab\ncd==", "äb==", "YQ=="]
    where text != "YQ==" {
      #expect(Base64.decoded(text) == nil, "\(text)")
    }
  }

  @Test("dates of requests are read back as they were written")
  func dates() {
    #expect(HTTPDate.text(UnixTime(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(UnixTime(seconds: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
    for seconds in stride(from: Int64(0), to: 4_000_000_000, by: 86_399 * 997) {
      let time = UnixTime(seconds: seconds, nanoseconds: 999_999_999)
      #expect(HTTPDate.parse(HTTPDate.text(time)) == UnixTime(seconds: seconds))
    }
  }

  @Test("texts in JSON are read back as they were written")
  func json() throws {
    let text = "a\"b\\c\u{0}\u{1f}\n\tä\u{1f600}/"
    let bytes = JSONText.object([(name: "x\"", value: .text(text)), (name: "n", value: .number(-7))])
    let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    #expect(object?["x\""] as? String == text && object?["n"] as? Int == -7)
  }

  @Test(
    "URLs lead to a server and a path, or are none",
    arguments: [
      ("https://h.example", "https://h.example", ""), ("HTTP://H:81/a/b/", "http://h:81", "/a/b"),
      ("https://[::1]:443/x", "https://[::1]:443", "/x"), ("https://", nil, nil), ("ftp://h", nil, nil),
      ("https://u@h", nil, nil), ("https://h?q", nil, nil), ("https://h#f", nil, nil),
      ("https://h:0", nil, nil),
      ("https://h:99999", nil, nil), ("https://h h", nil, nil), ("https://h\u{0}", nil, nil), ("h", nil, nil),
      ("https://[::1", nil, nil), ("https://h\\x", nil, nil),
    ] as [(String, String?, String?)])
  func origins(_ url: String, _ server: String?, _ path: String?) {
    let parsed = HTTPOrigin.parse(url)
    #expect(parsed?.origin.urlPrefix == server && parsed?.path == path)
  }

  @Test("SHA-1 and RSA signatures are those of openssl")
  func signatures() async throws {
    #expect(SHA1.digest(Array("abc".utf8)).map(Hex.text) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    let folder = try TemporaryFolder("rsa")
    let script = #"""
      set -eu
      cd "$1"
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem -subj /CN=x 2>/dev/null
      openssl rsa -in key.pem -aes128 -passout pass:x -out locked.pem 2>/dev/null
      openssl ecparam -name prime256v1 -genkey -noout -out elliptic.pem
      openssl x509 -in cert.pem -pubkey -noout >public.pem
      """#
    let made = try await ChildProcess.run("sh", ["-c", script, "sh", folder.path])
    try #require(made.exitCode == 0, "\(made.stderr)")
    func read(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: folder.url.appendingPathComponent(name)))
    }
    let message = Array("message".utf8)
    let signature = try #require(RS256.signature(message, pem: try read("cert.pem") + read("key.pem")))
    try Data(signature).write(to: folder.url.appendingPathComponent("signature"))
    try Data(message).write(to: folder.url.appendingPathComponent("message"))
    let verified = try await ChildProcess.run(
      "openssl",
      [
        "dgst", "-sha256", "-verify", folder.path("public.pem"), "-signature", folder.path("signature"),
        folder.path("message"),
      ])
    #expect(verified.exitCode == 0, "\(verified.stdout)\(verified.stderr)")
    for name in ["locked.pem", "elliptic.pem", "cert.pem", "message"] {
      #expect(RS256.signature(message, pem: try read(name)) == nil, "\(name)")
    }
    #expect(RS256.signature(message, pem: []) == nil)
  }
}

import Foundation
import ResticCrypto
import Testing
import WallTime

@testable import StorageHTTP

/// The small parts that buckets stand on, against Foundation where it knows the same.
@Suite struct BucketPartsTests {
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
    let value = JSONText.object([
      ("x\"", .text(text)), ("n", .number(-7)), ("a", .array([.text(""), .object([]), .array([])])),
    ])
    let object = try JSONSerialization.jsonObject(with: Data(value.bytes)) as? [String: Any]
    #expect(object?["x\""] as? String == text && object?["n"] as? Int == -7)
    #expect((object?["a"] as? [Any])?.count == 3)
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
    let parsed = HTTPAddress(url)
    #expect(parsed?.origin.urlPrefix == server && parsed?.path == path)
  }

  @Test(
    "tokens come with their lifetime as a number or a text, bounded, and what can't stand in a header is none"
  )
  func tokens() {
    func token(_ json: String) -> AccessToken? { AccessToken(json: Array(json.utf8)) }
    #expect(token(#"{"access_token": "a.b", "expires_in": 3599, "x": {"y": []}}"#)?.lifetimeSeconds == 3599)
    #expect(token(#"{"accessToken": "a", "expires_in": "86399"}"#)?.lifetimeSeconds == 86_399)
    #expect(token(#"{"access_token": "a", "expires_in": -7}"#)?.lifetimeSeconds == 1)
    #expect(token(#"{"access_token": "a", "expires_in": 99999999999}"#)?.lifetimeSeconds == 86_400)
    #expect(token(#"{"access_token": "a", "expires_in": "soon"}"#)?.lifetimeSeconds == nil)
    #expect(token(#"{"access_token": "a"}"#)?.secret.text == "a")
    #expect(token(#"{"access_token": "a"}"#).map { "\($0)" }?.contains("redacted") == true)
    for json in [
      "", "[]", "{}", #"{"access_token": ""}"#, #"{"access_token": "a b"}"#, #"{"access_token": ["a"]}"#,
    ] {
      #expect(token(json) == nil, "\(json)")
    }
  }

  @Test("SHA-1 is that of its standard")
  func sha1() {
    #expect(SHA1.digest(Array("abc".utf8)).map(Hex.text) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }
}

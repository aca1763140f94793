import ResticCrypto
import Testing

@Suite("Poly1305-AES")
struct Poly1305AESTests {
  struct Vector: CustomTestStringConvertible {
    let message: String
    let r: String
    let k: String
    let nonce: String
    let tag: String

    var testDescription: String { "tag \(tag)" }
  }

  // "The Poly1305-AES message-authentication code", appendix B.
  static let vectors = [
    Vector(
      message: "f3f6", r: "851fc40c3467ac0be05cc20404f3f700", k: "ec074c835580741701425b623235add6",
      nonce: "fb447350c4e868c52ac3275cf9d4327e", tag: "f4c633c3044fc145f84f335cb81953de"),
    Vector(
      message: "", r: "a0f3080000f46400d0c7e9076c834403", k: "75deaa25c09f208e1dc4ce6b5cad3fbf",
      nonce: "61ee09218d29b0aaed7e154a2c5509cc", tag: "dd3fab2251f11ac759f0887129cc2ee7"),
    Vector(
      message: "663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136",
      r: "48443d0bb0d21109c89a100b5ce2c208", k: "6acb5f61a7176dd320c5c1eb2edcdc74",
      nonce: "ae212a55399729595dea458bc621ff0e", tag: "0ee1c16bb73f0f4fd19881753c01cdbe"),
    Vector(
      message: """
        ab0812724a7f1e342742cbed374d94d136c6b8795d45b3819830f2c04491faf0
        990c62e48b8018b2c3e4a0fa3134cb67fa83e158c994d961c4cb21095c1bf9
        """,
      r: "12976a08c4426d0ce8a82407c4f48207", k: "e1a5668a4d5b66a5f68cc5424ed5982d",
      nonce: "9ae831e743978d3a23527c7128149e3a", tag: "5154ad0d2cb26e01274fc51148491f1b"),
  ]

  @Test("gives the tags of the paper's appendix B", arguments: vectors)
  func publishedVectors(vector: Vector) throws {
    let tag = try Poly1305AES.tag(
      of: bytes(vector.message), k: SecretBytes(copying: bytes(vector.k)),
      r: SecretBytes(copying: bytes(vector.r)), nonce: bytes(vector.nonce))
    #expect(tag == bytes(vector.tag))
  }

  @Test("clamps r, which restic stores unclamped", arguments: vectors)
  func clamping(vector: Vector) throws {
    var unclamped = bytes(vector.r)
    for index in [3, 7, 11, 15] { unclamped[index] |= 0xf0 }
    for index in [4, 8, 12] { unclamped[index] |= 0x03 }
    let tag = try Poly1305AES.tag(
      of: bytes(vector.message), k: SecretBytes(copying: bytes(vector.k)),
      r: SecretBytes(copying: unclamped), nonce: bytes(vector.nonce))
    #expect(tag == bytes(vector.tag))
  }

  @Test("refuses parts of the wrong length", arguments: [(15, 16, 16), (16, 17, 16), (16, 16, 0)])
  func wrongLengths(kByteCount: Int, rByteCount: Int, nonceByteCount: Int) {
    #expect(throws: OpenSSLFailure(operation: "Poly1305-AES")) {
      try Poly1305AES.tag(
        of: [1], k: SecretBytes(copying: [UInt8](repeating: 1, count: kByteCount)),
        r: SecretBytes(copying: [UInt8](repeating: 1, count: rByteCount)),
        nonce: [UInt8](repeating: 1, count: nonceByteCount))
    }
  }
}

import ResticCrypto
import Testing

@Suite("AES-256-CTR")
struct AES256CTRTests {
  // NIST SP 800-38A, F.5.5 (encryption) and F.5.6 (decryption).
  private let key = SecretBytes(
    copying: bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))
  private let counter = bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
  private let plaintext = bytes(
    """
    6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
    30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
    """)
  private let ciphertext = bytes(
    """
    601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
    2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6
    """)

  @Test("encrypts as NIST SP 800-38A F.5.5 prints it")
  func encryption() throws {
    #expect(try AES256CTR.apply(to: plaintext, key: key, counter: counter).exposed == ciphertext)
  }

  @Test("decrypts as NIST SP 800-38A F.5.6 prints it")
  func decryption() throws {
    #expect(try AES256CTR.apply(to: ciphertext, key: key, counter: counter).exposed == plaintext)
  }

  @Test("cuts the key stream where the input ends", arguments: [0, 1, 15, 16, 17, 63])
  func partialBlocks(byteCount: Int) throws {
    let output = try AES256CTR.apply(to: Array(plaintext.prefix(byteCount)), key: key, counter: counter)
    #expect(output.exposed == Array(ciphertext.prefix(byteCount)))
  }

  @Test("carries the counter through all 128 bits")
  func counterWraps() throws {
    let zeros = [UInt8](repeating: 0, count: 32)
    let last = [UInt8](repeating: 0xff, count: 16)
    let wrapped = try AES256CTR.apply(to: zeros, key: key, counter: last).exposed
    let first = try AES256CTR.apply(to: zeros, key: key, counter: [UInt8](repeating: 0, count: 16)).exposed
    #expect(wrapped.suffix(16) == first.prefix(16))
  }

  @Test(
    "refuses a key or counter of the wrong length",
    arguments: [(31, 16), (33, 16), (32, 15), (32, 17), (0, 0)])
  func wrongLengths(keyByteCount: Int, counterByteCount: Int) {
    #expect(throws: OpenSSLFailure(operation: "AES-256-CTR")) {
      try AES256CTR.apply(
        to: plaintext, key: SecretBytes(copying: [UInt8](repeating: 1, count: keyByteCount)),
        counter: [UInt8](repeating: 1, count: counterByteCount))
    }
  }
}

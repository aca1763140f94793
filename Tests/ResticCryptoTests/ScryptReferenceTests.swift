import ResticCrypto
import Testing

@Suite("scrypt of OpenSSL")
struct ScryptReferenceTests {
  @Test("gives the keys of RFC 7914", arguments: ScryptVector.all.prefix(3))
  func publishedVectors(vector: ScryptVector) throws {
    let key = try Scrypt.deriveKeyWithOpenSSL(
      password: SecretBytes(copying: vector.password.utf8), salt: Array(vector.salt.utf8),
      parameters: ScryptParameters(N: vector.N, r: vector.r, p: vector.p))
    #expect(key.exposed == bytes(vector.key))
  }
}

package import Foundation
package import ResticCrypto

/// Key files whose scrypt costs a millisecond instead of half a second, for tests that start restic by the hundred.
package enum CheapKey {
  /// Adds a key file for `password` that opens `repository`, with N=1024, r=8, p=1.
  ///
  /// `masterKey` is what `restic cat masterkey` prints. Answers the ID of the key; throws where a file can't be
  /// written.
  package static func add(
    to repository: URL, masterKey: Data, password: String = TestEnvironment.fixturePassword
  ) async throws -> String {
    let salt = randomBytes(count: 64)
    let derived = try await Scrypt.deriveKey(
      password: SecretBytes(copying: Array(password.utf8)), salt: salt,
      parameters: ScryptParameters(N: 1024, r: 8, p: 1))
    guard let sealed = SealingKey(derived: derived)?.seal(Array(masterKey), nonce: randomBytes(count: 16))
    else { throw ChildProcessError(description: "cannot seal a key file") }
    let file = try JSONSerialization.data(
      withJSONObject: [
        "created": "2026-01-01T00:00:00Z", "username": "tester", "hostname": "test.example.org",
        "kdf": "scrypt", "N": 1024, "r": 8, "p": 1, "salt": Data(salt).base64EncodedString(),
        "data": Data(sealed).base64EncodedString(),
      ] as [String: Any])
    let id = SHA256.hex(Array(file))
    try file.write(to: repository.appendingPathComponent("keys/\(id)"))
    return id
  }

  /// The key that seals the locks of a repository, from what `restic cat masterkey` prints.
  package static func sealingKey(masterKey: Data) throws -> SealingKey {
    struct MasterKey: Decodable {
      struct MAC: Decodable {
        var k: Data
        var r: Data
      }
      var mac: MAC
      var encrypt: Data
    }
    let parts = try JSONDecoder().decode(MasterKey.self, from: masterKey)
    guard
      let key = SealingKey(
        encrypt: SecretBytes(copying: parts.encrypt), k: SecretBytes(copying: parts.mac.k),
        r: SecretBytes(copying: parts.mac.r))
    else { throw ChildProcessError(description: "not a master key") }
    return key
  }

  /// Random bytes, as nonces and salts are.
  package static func randomBytes(count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255) }
  }
}

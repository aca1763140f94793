package import Foundation
package import ResticCrypto
package import ResticFormat
internal import Synchronization

/// The repositories under `Fixtures/`, see the table there.
package enum Fixtures {
  package static let password = SecretBytes(copying: Array(TestEnvironment.fixturePassword.utf8))

  /// Those that real restic binaries wrote, and those that an independent implementation sealed.
  package static let all = [
    "forged-v1", "forged-v2", "restic-0.14-v1", "restic-0.14-v2", "restic-0.18-v2", "restic-0.19-clean",
    "restic-0.19-lineage", "restic-0.19-v2",
  ]

  package static func url(_ name: String) -> URL {
    TestEnvironment.fixtures.appendingPathComponent(name, isDirectory: true)
  }

  /// The bytes of one file: `Fixtures.bytes("forged-v2", "config")`.
  package static func bytes(_ name: String, _ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url(name).appendingPathComponent(path)))
  }

  /// The names in a folder of a fixture, hidden ones too; none where there is no such folder.
  package static func names(_ name: String, _ folder: String) -> [String] {
    let path = url(name).appendingPathComponent(folder).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// The master key under the documented password; derived once in a test run.
  package static func masterKey(_ name: String) throws -> SealingKey {
    try masterKeys.withLock { keys in
      if let key = keys[name] { return key }
      let key = try masterKey(name, password: password)
      keys[name] = key
      return key
    }
  }

  private static let masterKeys = Mutex<[String: SealingKey]>([:])

  /// The master key, opened by the slow reference implementation of scrypt with whichever key `password` fits.
  package static func masterKey(_ name: String, password: SecretBytes) throws -> SealingKey {
    for keyName in names(name, "keys") {
      let file = try KeyFile.parse(try bytes(name, "keys/\(keyName)"), name: ObjectID(hex: keyName))
      do {
        return try file.openMasterKey(with: try derivedKey(of: file, password: password))
      } catch KeyFileError.wrongPassword {
        continue
      }
    }
    throw KeyFileError.wrongPassword
  }

  /// A decoder for the locks of a fixture.
  package static func lockFileDecoder(_ name: String) throws -> LockFileDecoder {
    let key = try masterKey(name)
    let config = try RepositoryConfig.open(try bytes(name, "config"), with: key)
    return LockFileDecoder(key: key, repositoryVersion: config.version)
  }

  /// The key that `password` yields for one key file, by the reference implementation of scrypt.
  package static func derivedKey(of file: KeyFile, password: SecretBytes) throws -> SealingKey {
    let bytes = try Scrypt.deriveKeyWithOpenSSL(
      password: password, salt: file.salt, parameters: try file.scryptParameters())
    guard let key = SealingKey(derived: bytes) else { throw KeyFileError.cryptography("all-zero key") }
    return key
  }

  /// A copy of a fixture that a test may change, with a `locks` folder.
  package static func copy(_ name: String, to destination: URL) throws {
    try FileManager.default.copyItem(at: url(name), to: destination)
    try FileManager.default.createDirectory(
      at: destination.appendingPathComponent("locks"), withIntermediateDirectories: true)
  }
}

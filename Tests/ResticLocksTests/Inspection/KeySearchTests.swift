import Foundation
import HostFacts
import ResticCrypto
import ResticFormat
import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

@Suite("The key that a password fits") struct KeySearchTests {
  private static let password = TestEnvironment.fixturePassword

  private static func open(
    _ repository: MemoryRepository, password: String = password, keyHint: String? = nil,
    limits: ScryptLimits = .standard
  ) async throws -> OpenedRepository {
    let config = try await repository.storage.read(.config, byteLimit: 1 << 20)
    return try await RepositoryOpener(storage: repository.storage, limits: limits, keyHint: keyHint)
      .open(.password(SecretBytes(copying: Array(password.utf8))), config: config)
  }

  private static func repository(others: Int, own: Bool = true) throws -> MemoryRepository {
    let repository = try MemoryRepository(password: own ? password : nil)
    for number in 0..<others {
      try repository.forge.addKey(password: "other \(number)", parameters: (2, 1, 1))
    }
    try repository.load()
    return repository
  }

  private static func keyIDs(_ repository: MemoryRepository) async throws -> [String] {
    try await repository.storage.list(.keys, limit: 1000).map(\.name).sorted()
  }

  /// A key file with these scrypt parameters and random content.
  private static func keyFile(N: Int, r: Int, p: Int) -> [UInt8] {
    let salt = Data(repeating: 1, count: 64).base64EncodedString()
    return Array(#"{"kdf":"scrypt","N":\#(N),"r":\#(r),"p":\#(p),"salt":"\#(salt)","data":"\#(salt)"}"#.utf8)
  }

  @Test("opens the repository among others", arguments: [0, 1, 19])
  func found(others: Int) async throws {
    let repository = try Self.repository(others: others)
    #expect(try await Self.open(repository).config.id == repository.forge.id)
  }

  @Test(
    "is not found with the wrong password, and the keys tried are counted",
    arguments: [(1, 1), (20, 20), (25, 20)])
  func wrongPassword(keyCount: Int, triedKeyCount: Int) async throws {
    let repository = try Self.repository(others: keyCount, own: false)
    do {
      _ = try await Self.open(repository)
      Issue.record("opened")
    } catch RepositoryError.wrongPassword(let tried, let count) {
      #expect(tried == triedKeyCount && count == keyCount)
    }
  }

  @Test("is the 21st in the order of IDs: found with a hint only, as with restic", arguments: 0..<3)
  func twentyFirst(attempt: Int) async throws {
    let repository = try Self.repository(others: 60)
    let own = try #require(
      try await Self.keyIDs(repository).first { !(try Self.isOther($0, repository)) })
    let rank = try #require(try await Self.keyIDs(repository).firstIndex(of: own))
    if rank >= 20 {
      await expectError("wrongPassword") { _ = try await Self.open(repository) }
    } else {
      _ = try await Self.open(repository)
    }
    for hint in [own, String(own.prefix(8))] {
      #expect(try await Self.open(repository, keyHint: hint).config.id == repository.forge.id)
    }
  }

  private static func isOther(_ name: String, _ repository: MemoryRepository) throws -> Bool {
    try String(contentsOf: repository.forge.url.appendingPathComponent("keys/\(name)"), encoding: .utf8)
      .contains(
        #""N":2,"#)
  }

  @Test("is found although the hint fits no key or another one", arguments: ["ffffffffff", "", "zz", "/"])
  func uselessHint(hint: String) async throws {
    #expect(try await Self.open(Self.repository(others: 3), keyHint: hint).config.version == 2)
  }

  static let damagedKeys: [(name: String?, bytes: [UInt8])] = [
    (nil, []), (nil, Array("{}".utf8)), (nil, Array("not json".utf8)),
    (String(repeating: "0", count: 64), [1, 2]),
    (nil, keyFile(N: 3, r: 8, p: 1)), (nil, keyFile(N: 0, r: 0, p: 0)),
    (nil, keyFile(N: 1 << 24, r: 8, p: 1)),
    (nil, keyFile(N: 2, r: 1, p: 1)),
    (nil, [UInt8](repeating: 32, count: ReadingLimits.keyFileByteCount + 1)),
  ]

  @Test("is found beside a key file that can't be used", arguments: damagedKeys)
  func besideDamaged(name: String?, bytes: [UInt8]) async throws {
    let repository = try Self.repository(others: 0)
    repository.storage.put(bytes, at: .entry(folder: .keys, name: name ?? ObjectID(hashOf: bytes).hex))
    #expect(try await Self.open(repository).config.id == repository.forge.id)
  }

  static let hostile: [(N: Int, r: Int, p: Int, error: String)] = [
    (3, 8, 1, "keyUnusable"), (1, 8, 1, "keyUnusable"), (0, 8, 1, "keyUnusable"), (-2, 8, 1, "keyUnusable"),
    (1024, 0, 1, "keyUnusable"), (1024, 8, 0, "keyUnusable"), (1024, 8, -1, "keyUnusable"),
    (1024, Int.max, 1, "keyUnusable"), (1024, 8, Int.max, "keyUnusable"), (Int.max, 8, 1, "keyUnusable"),
    (1 << 62, 8, 1, "keyUnusable"), (1 << 20, 8, 2, "keyTooCostly"), (2, 8, 1 << 20, "keyTooCostly"),
    (1 << 15, 8, 1 << 13, "keyTooCostly"),
  ]

  @Test("is refused with its own error where the parameters are hostile", arguments: hostile)
  func hostileParameters(N: Int, r: Int, p: Int, error: String) async throws {
    let repository = try Self.repository(others: 0, own: false)
    let bytes = Self.keyFile(N: N, r: r, p: p)
    repository.storage.put(bytes, at: .entry(folder: .keys, name: ObjectID(hashOf: bytes).hex))
    await expectError(error) { _ = try await Self.open(repository) }
  }

  @Test("is missing where there is no key file", arguments: [true, false])
  func noKeys(hasFolder: Bool) async throws {
    let repository = try Self.repository(others: 0, own: false)
    if !hasFolder { repository.storage.removeFolder(.keys) }
    await expectError("noKeys") { _ = try await Self.open(repository) }
  }

  @Test("opens no config that is damaged, and says so")
  func damagedConfig() async throws {
    let repository = try Self.repository(others: 0)
    var config = try await repository.storage.read(.config, byteLimit: 1 << 20)
    config[30] ^= 1
    repository.storage.put(config, at: .config)
    await expectError("configDamaged") { _ = try await Self.open(repository) }
  }

  @Test("of another repository is refused")
  func foreignMasterKey() async throws {
    let repository = try Self.repository(others: 0)
    let folder = try TemporaryFolder("foreign")
    let foreign = try RepositoryForge(at: folder.url, seed: 8)
    defer { withExtendedLifetime(folder) {} }
    let config = try await repository.storage.read(.config, byteLimit: 1 << 20)
    await expectError("foreignMasterKey") {
      _ = try await RepositoryOpener(storage: repository.storage).open(
        .masterKey(foreign.masterKey), config: config)
    }
  }

  @Test("never shows in an error")
  func errorsHoldNoSecret() async throws {
    let repository = try Self.repository(others: 2, own: false)
    do {
      _ = try await Self.open(repository, password: "hunter2")
      Issue.record("opened")
    } catch {
      #expect(!"\(error)".contains("hunter2"))
    }
  }
}

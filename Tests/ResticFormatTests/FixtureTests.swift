import Foundation
import ResticCrypto
import ResticFormat
import TestSupport
import Testing

@Suite("The fixtures are read as their table says")
struct FixtureTests {
  @Test("each lock", arguments: FixtureLock.all)
  func reads(_ lock: FixtureLock) throws {
    let name = try #require(Fixtures.names(lock.fixture, "locks").first { $0.hasPrefix(lock.id) })
    let content = try Fixtures.lockFileDecoder(lock.fixture).decode(
      try Fixtures.bytes(lock.fixture, "locks/\(name)"), name: try #require(ObjectID(hex: name)))
    #expect(content.record == lock.fields?.record)
    #expect(content.defect?.kind == lock.defect)
  }

  @Test("no lock is left out of the table", arguments: Fixtures.all)
  func isComplete(_ fixture: String) {
    let ids = Fixtures.names(fixture, "locks").compactMap { ObjectID(hex: $0)?.short }
    #expect(Set(ids) == Set(FixtureLock.all.filter { $0.fixture == fixture }.map(\.id)))
  }

  @Test(
    "each config gives version and ID",
    arguments: [
      ("forged-v1", 1, "a498a750"), ("forged-v2", 2, "b426d551"), ("restic-0.14-v1", 1, "999eb105"),
      ("restic-0.14-v2", 2, "c379d753"), ("restic-0.18-v2", 2, "38cf19b0"),
      ("restic-0.19-clean", 2, "fb9437a5"),
      ("restic-0.19-lineage", 2, "e1ef4576"), ("restic-0.19-v2", 2, "d8972bfa"),
    ])
  func config(_ fixture: String, _ version: Int, _ id: String) throws {
    let config = try RepositoryConfig.open(
      try Fixtures.bytes(fixture, "config"), with: try Fixtures.masterKey(fixture))
    #expect(config.version == version)
    #expect(config.id.hasPrefix(id))
    #expect(config.id.count == 64)
  }

  @Test("either password of two keys opens the same repository, a third none")
  func twoKeys() throws {
    let config = try Fixtures.bytes("restic-0.19-v2", "config")
    let second = SecretBytes(copying: Array("second-password".utf8))
    let first = try RepositoryConfig.open(config, with: try Fixtures.masterKey("restic-0.19-v2"))
    #expect(
      try RepositoryConfig.open(config, with: try Fixtures.masterKey("restic-0.19-v2", password: second))
        == first)
    let wrong = SecretBytes(copying: Array("correct horse battery".utf8))
    #expect(throws: KeyFileError.wrongPassword) {
      try Fixtures.masterKey("restic-0.19-v2", password: wrong)
    }
    #expect(throws: KeyFileError.wrongPassword) {
      try Fixtures.masterKey("restic-0.19-v2", password: SecretBytes(copying: []))
    }
  }

  @Test("each lock is what the newest restic makes of it", arguments: FixtureLock.all)
  func againstRealRestic(_ lock: FixtureLock) async throws {
    let name = try #require(Fixtures.names(lock.fixture, "locks").first { $0.hasPrefix(lock.id) })
    let answer = try await CatLock(
      ResticBinary.newest, try #require(ObjectID(hex: name)), at: Fixtures.url(lock.fixture))
    #expect((answer == .refused) == (lock.defect != nil))
    if let fields = lock.fields, lock.defect == nil { #expect(answer == .accepted(fields.record)) }
  }
}

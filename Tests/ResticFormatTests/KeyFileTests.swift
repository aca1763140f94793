import Foundation
import ResticCrypto
import ResticFormat
import TestSupport
import Testing

@Suite("A key file opens, or says what is wrong with it")
struct KeyFileTests {
  private let folder: TemporaryFolder
  private let forge: RepositoryForge
  private let file: [UInt8]
  private let name: ObjectID

  init() throws {
    folder = try TemporaryFolder("key-file")
    forge = try RepositoryForge(at: folder.url.appendingPathComponent("repository"), password: nil, seed: 1)
    name = try forge.addKey(password: TestEnvironment.fixturePassword)
    file = Array(try Data(contentsOf: forge.url.appendingPathComponent("keys/\(name.hex)")))
  }

  @Test("each case", arguments: KeyFileCase.all)
  func opens(_ key: KeyFileCase) throws {
    let bytes = try key.bytes(from: file)
    #expect(try Self.outcome(of: bytes) == key.expectation)
  }

  @Test("each case is what the newest restic makes of it", arguments: KeyFileCase.all)
  func againstRealRestic(_ key: KeyFileCase) async throws {
    try FileManager.default.removeItem(at: forge.url.appendingPathComponent("keys/\(name.hex)"))
    try forge.addRawFile(inKeys: try key.bytes(from: file))
    let result = try await ResticBinary.newest.run(["cat", "config", "--no-lock"], repository: forge.url)
    switch key.expectation {
    case .opens: #expect(result.exitCode == 0, "\(result.stderr)")
    case .refused(.wrongPassword): #expect(result.exitCode == 12, "\(result.stderr)")
    case .refused, .parametersRefused: #expect(![0, 12].contains(result.exitCode), "\(result.stderr)")
    }
  }

  @Test("fields are kept as they are stored")
  func fields() throws {
    let key = try KeyFile.parse(file, name: name)
    #expect(key.created.text == "2026-11-22T19:00:00Z")
    #expect(key.username == "forge")
    #expect(key.hostname == "forge")
    #expect((key.N, key.r, key.p) == (1024, 8, 1))
    #expect(key.salt.count == 64)
  }

  @Test("a file under another name is damaged, unless the name is not asked for")
  func misnamed() throws {
    #expect(throws: KeyFileError.nameMismatch) { try KeyFile.parse(file, name: ObjectID(hashOf: [])) }
    #expect(throws: Never.self) { try KeyFile.parse(file, name: nil) }
  }

  @Test("every byte of a key file flipped or cut off is a mismatch of its name")
  func everyByteNamed() throws {
    for index in file.indices {
      var flipped = file
      flipped[index] ^= 1
      #expect(throws: KeyFileError.nameMismatch) { try KeyFile.parse(flipped, name: name) }
      let expected: KeyFileError = index == 0 ? .empty : .nameMismatch
      #expect(throws: expected) { try KeyFile.parse(Array(file.prefix(index)), name: name) }
    }
  }

  @Test("every bit of a key file flipped never makes the reader trap, nor opens another master key")
  func everyBit() throws {
    let original = try KeyFile.parse(file, name: name)
    let derived = try Fixtures.derivedKey(of: original, password: Fixtures.password)
    let config = Array(try Data(contentsOf: forge.url.appendingPathComponent("config")))
    for index in file.indices {
      for bit in 0..<8 {
        var flipped = file
        flipped[index] ^= 1 << bit
        guard let masterKey = try? KeyFile.parse(flipped, name: nil).openMasterKey(with: derived) else {
          continue
        }
        #expect(throws: Never.self) { try RepositoryConfig.open(config, with: masterKey) }
      }
    }
  }

  @Test(
    "a master key that is none, in a key file that opens, is an error of its own",
    arguments: [
      "", "[]", "null", "{}", #"{"mac":{"k":"","r":""},"encrypt":""}"#,
    ])
  func masterKey(_ text: String) throws {
    let derived = try Fixtures.derivedKey(of: try KeyFile.parse(file, name: nil), password: Fixtures.password)
    let data = try #require(derived.seal(Array(text.utf8), nonce: [UInt8](repeating: 1, count: 16)))
    var object = try #require(try JSONSerialization.jsonObject(with: Data(file)) as? [String: Any])
    object["data"] = Data(data).base64EncodedString()
    let changed = try KeyFile.parse(
      Array(try JSONSerialization.data(withJSONObject: object)), name: nil)
    let error = #expect(throws: KeyFileError.self) { try changed.openMasterKey(with: derived) }
    if case .masterKey = error {} else { Issue.record("\(String(describing: error))") }
  }

  private static func outcome(of bytes: [UInt8]) throws -> KeyFileCase.Expectation {
    do throws(KeyFileError) {
      let file = try KeyFile.parse(bytes, name: ObjectID(hashOf: bytes))
      guard (try? file.scryptParameters()) != nil else { return .parametersRefused }
      guard let derived = try? Fixtures.derivedKey(of: file, password: Fixtures.password) else {
        return .parametersRefused
      }
      _ = try file.openMasterKey(with: derived)
      return .opens
    } catch {
      return .refused(error)
    }
  }
}

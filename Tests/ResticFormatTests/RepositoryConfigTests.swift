import Foundation
import ResticCrypto
import ResticFormat
import TestSupport
import Testing

@Suite("A repository's config opens, or says what is wrong with it")
struct RepositoryConfigTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let json: String
    /// `nil` where the config is accepted.
    let error: RepositoryConfigError?
    var testDescription: String { name }
  }

  private static let polynomial = #""chunker_polynomial":"3da3358b4dc173""#

  static let cases = [
    Case(name: "version 1", json: #"{"version":1,"id":"a",\#(polynomial)}"#, error: nil),
    Case(name: "version 2", json: #"{"version":2,"id":"a",\#(polynomial)}"#, error: nil),
    Case(name: "keys in upper case", json: #"{"VERSION":2,"ID":"a",\#(polynomial)}"#, error: nil),
    Case(name: "unknown fields", json: #"{"x":[],"version":2,"id":"a",\#(polynomial)}"#, error: nil),
    Case(name: "no ID", json: #"{"version":2,\#(polynomial)}"#, error: nil),
    Case(name: "null after the version", json: #"{"version":2,"version":null,\#(polynomial)}"#, error: nil),
    Case(name: "no version", json: #"{"id":"a",\#(polynomial)}"#, error: .unknownVersion(0)),
    Case(name: "null", json: "null", error: .unknownVersion(0)),
    Case(name: "version 0", json: #"{"version":0,\#(polynomial)}"#, error: .unknownVersion(0)),
    Case(name: "version 3", json: #"{"version":3,\#(polynomial)}"#, error: .unknownVersion(3)),
    Case(
      name: "version 2^64-1", json: #"{"version":18446744073709551615,\#(polynomial)}"#,
      error: .unknownVersion(.max)),
    Case(
      name: "version -1", json: #"{"version":-1,\#(polynomial)}"#,
      error: .notJSON(.numberOutOfRange(field: "version", expected: .uint64))),
    Case(
      name: "version 2.0", json: #"{"version":2.0,\#(polynomial)}"#,
      error: .notJSON(.numberOutOfRange(field: "version", expected: .uint64))),
    Case(
      name: "a string for the version", json: #"{"version":"2",\#(polynomial)}"#,
      error: .notJSON(.wrongType(field: "version", expected: .uint64))),
    Case(
      name: "a number for the ID", json: #"{"version":2,"id":7,\#(polynomial)}"#,
      error: .notJSON(.wrongType(field: "id", expected: .string))),
    Case(name: "not JSON", json: "config", error: .notJSON(.invalidByte(offset: 0))),
    Case(name: "sealed nothing", json: "", error: .notJSON(.unexpectedEnd)),
    Case(name: "an array", json: "[]", error: .notJSON(.notAnObject)),
  ]

  private let folder: TemporaryFolder
  private let forge: RepositoryForge

  init() throws {
    folder = try TemporaryFolder("config")
    forge = try RepositoryForge(at: folder.url.appendingPathComponent("repository"))
  }

  @Test("each case", arguments: cases)
  func opens(_ config: Case) throws {
    let file = try forge.seal(Array(config.json.utf8))
    if let error = config.error {
      #expect(throws: error) { try RepositoryConfig.open(file, with: forge.masterKey) }
    } else {
      #expect([1, 2].contains(try RepositoryConfig.open(file, with: forge.masterKey).version))
    }
  }

  @Test("each case is what the newest restic makes of it", arguments: cases)
  func againstRealRestic(_ config: Case) async throws {
    try Data(try forge.seal(Array(config.json.utf8))).write(to: forge.url.appendingPathComponent("config"))
    let result = try await ResticBinary.newest.run(["cat", "config", "--no-lock"], repository: forge.url)
    #expect((result.exitCode == 0) == (config.error == nil), "\(result.stderr)")
  }

  @Test("a compressed config is refused, as restic refuses it")
  func compressed() throws {
    let json = Array(#"{"version":2,"id":"a"}"#.utf8)
    let file = try forge.seal([2] + ZstdCompressor.compress(json))
    #expect(throws: RepositoryConfigError.notJSON(.invalidByte(offset: 0))) {
      try RepositoryConfig.open(file, with: forge.masterKey)
    }
  }

  @Test("every bit flipped fails the authentication, every cut is told by its length")
  func everyByte() throws {
    let file = Array(try Data(contentsOf: forge.url.appendingPathComponent("config")))
    for index in file.indices {
      for bit in 0..<8 {
        var flipped = file
        flipped[index] ^= 1 << bit
        #expect(throws: RepositoryConfigError.authenticationFailed) {
          try RepositoryConfig.open(flipped, with: forge.masterKey)
        }
      }
      let expected: RepositoryConfigError =
        index == 0 ? .empty : index < 32 ? .tooShort(byteCount: index) : .authenticationFailed
      #expect(throws: expected) {
        try RepositoryConfig.open(Array(file.prefix(index)), with: forge.masterKey)
      }
    }
    #expect(throws: RepositoryConfigError.zeroNonce) {
      try RepositoryConfig.open([UInt8](repeating: 0, count: 100), with: forge.masterKey)
    }
  }
}

import Foundation
import ResticCrypto
import ResticFormat
import TestSupport
import Testing

@Suite("The text of a master key")
struct MasterKeyTextTests {
  private static let k = Data(1...16).base64EncodedString()
  private static let r = Data(17...32).base64EncodedString()
  private static let encrypt = Data(33...64).base64EncodedString()

  private func parse(_ text: String) throws(MasterKeyTextError) -> SealingKey {
    try MasterKeyText.parse(SecretBytes(copying: Array(text.utf8)))
  }

  @Test("what restic cat masterkey prints opens the repository", arguments: ResticBinary.all)
  func realRestic(_ restic: ResticBinary) async throws {
    let folder = try TemporaryFolder("master-key")
    let forge = try RepositoryForge(at: folder.url.appendingPathComponent("repository"))
    let result = try await restic.run(["cat", "masterkey", "--no-lock"], repository: forge.url)
    let key = try MasterKeyText.parse(SecretBytes(copying: result.stdoutBytes))
    let config = Array(try Data(contentsOf: forge.url.appendingPathComponent("config")))
    #expect(try RepositoryConfig.open(config, with: key).id == forge.id)
  }

  @Test(
    "the parts are taken from where they belong",
    arguments: [
      #"{"mac":{"k":"\#(k)","r":"\#(r)"},"encrypt":"\#(encrypt)"}"#,
      " {\n  \"MAC\": {\"R\": \"\(r)\", \"\u{212A}\": \"\(k)\", \"x\": 1},\n \"Encrypt\": \"\(encrypt)\"}\n",
      #"{"mac":{"k":"\#(k)"},"mac":{"r":"\#(r)"},"mac":null,"encrypt":"\#(encrypt)","encrypt":null}"#,
    ])
  func parts(_ text: String) throws {
    let expected = try #require(
      SealingKey(
        encrypt: SecretBytes(copying: 33...64), k: SecretBytes(copying: 1...16),
        r: SecretBytes(copying: 17...32)))
    let sealed = try #require(expected.seal([1, 2, 3], nonce: [UInt8](1...16)))
    #expect(try parse(text).open(sealed).byteCount == 3)
  }

  @Test(
    "whatever is no master key is refused with what is wrong",
    arguments: [
      ("", MasterKeyTextError.notJSON(.unexpectedEnd)),
      ("[]", .notJSON(.notAnObject)),
      ("null", .missing(.encrypt)),
      (#"{"encrypt":"\#(encrypt)"}"#, .missing(.k)),
      (#"{"mac":{"k":"\#(k)"},"encrypt":"\#(encrypt)"}"#, .missing(.r)),
      (#"{"mac":{"k":"\#(k)","r":"\#(r)"},"encrypt":"\#(k)"}"#, .wrongLength(.encrypt, byteCount: 16)),
      (#"{"mac":{"k":"\#(encrypt)","r":"\#(r)"},"encrypt":"\#(encrypt)"}"#, .wrongLength(.k, byteCount: 32)),
      (#"{"mac":{"k":"\#(k)","r":""},"encrypt":"\#(encrypt)"}"#, .wrongLength(.r, byteCount: 0)),
      (
        #"{"mac":{"k":"\#(k)","r":"AAAAAAAAAAAAAAAAAAAAAA=="},"encrypt":"\#(encrypt)"}"#, .allZero
      ),
      (#"{"mac":"\#(k)","encrypt":"\#(encrypt)"}"#, .notJSON(.wrongType(field: "mac", expected: .object))),
      (#"{"mac":{"k":"%"},"encrypt":""}"#, .notJSON(.invalidBase64(field: "mac.k"))),
      (#"{"mac":{"k":7},"encrypt":""}"#, .notJSON(.wrongType(field: "mac.k", expected: .bytes))),
    ])
  func refuses(_ text: String, _ error: MasterKeyTextError) {
    #expect(throws: error) { try parse(text) }
    #expect(!error.description.contains(Self.encrypt))
  }
}

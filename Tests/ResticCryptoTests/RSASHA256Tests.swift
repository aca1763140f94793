import Foundation
import ResticCrypto
import TestSupport
import Testing

@Suite struct RSASHA256Tests {
  @Test("signatures are OpenSSL's own, under PKCS #8 and PKCS #1 keys")
  func signs() async throws {
    let folder = try TemporaryFolder("rsa")
    try Data("a message".utf8).write(to: folder.url.appendingPathComponent("message"))
    let made = try await ChildProcess.run(
      "/bin/sh",
      [
        "-ec",
        """
        cd "$1"
        openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key8
        openssl rsa -in key8 -traditional -out key1
        openssl dgst -sha256 -sign key8 -out signature message
        openssl pkcs8 -in key8 -topk8 -passout pass:hush -out locked
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out curve
        openssl rsa -in key8 -pubout -out public
        """, "-", folder.path,
      ])
    try #require(made.exitCode == 0, "\(made.stderr)")
    func file(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: folder.url.appendingPathComponent(name)))
    }
    for name in ["key8", "key1"] {
      let signature = try RSASHA256.signature(
        Array("a message".utf8), privateKey: SecretBytes(copying: try file(name)))
      #expect(try signature == file("signature"))
    }
    // An encrypted key is refused rather than asked about on the terminal.
    for name in ["locked", "curve", "public", "message"] {
      #expect(throws: OpenSSLFailure.self) {
        try RSASHA256.signature([1], privateKey: SecretBytes(copying: try file(name)))
      }
    }
    #expect(throws: OpenSSLFailure.self) {
      try RSASHA256.signature([1], privateKey: SecretBytes(copying: []))
    }
  }
}

import ResticCrypto
import Testing

@Suite("Secret bytes")
struct SecretBytesTests {
  private struct Failure: Error {}

  @Test("frees its memory once when filling it fails", arguments: [0, 1, 64, 5000])
  func failingFill(byteCount: Int) {
    for _ in 0..<100 {
      #expect(throws: Failure.self) {
        try SecretBytes(byteCount: byteCount) { memory throws(Failure) in
          memory.initializeMemory(as: UInt8.self, repeating: 0xa5)
          throw Failure()
        }
      }
    }
  }

  @Test("copies the parts that are there")
  func parts() {
    let secret = SecretBytes(copying: [1, 2, 3, 4])
    #expect(secret.copy(of: 1..<3)?.exposed == [2, 3])
    #expect(secret.copy(of: 0..<4)?.exposed == [1, 2, 3, 4])
    #expect(secret.copy(of: 4..<4)?.exposed == [])
    #expect(secret.copy(of: 2..<5) == nil)
    #expect(secret.copy(of: -1..<2) == nil)
  }

  @Test("shows nothing when printed or dumped")
  func redaction() {
    let secret = SecretBytes(copying: Array("hunter2".utf8))
    var text = "\(secret) \(String(reflecting: secret))"
    dump(secret, to: &text)
    #expect(text.contains("<redacted>"))
    #expect(!text.contains("hunter2") && !text.contains("104"))
  }
}

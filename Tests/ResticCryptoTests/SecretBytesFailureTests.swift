import ResticCrypto
import Testing

@Suite struct SecretBytesFailureTests {
  private struct Refusal: Error {}

  @Test("memory whose filling fails is given back once", arguments: [0, 1, 16, 1 << 20])
  func throwingFill(_ byteCount: Int) {
    for _ in 0..<100 {
      #expect(throws: Refusal.self) {
        try SecretBytes(byteCount: byteCount) { _ throws(Refusal) in throw Refusal() }
      }
    }
  }
}

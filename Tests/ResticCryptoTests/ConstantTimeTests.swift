import ResticCrypto
import Testing

@Suite("Constant-time comparison")
struct ConstantTimeTests {
  @Test("finds every single changed bit")
  func bitFlips() {
    let tag = [UInt8](0..<16)
    #expect(ConstantTime.bytesAreEqual(tag, Array(tag)))
    for bit in 0..<128 {
      var other = tag
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!ConstantTime.bytesAreEqual(tag, other))
    }
  }

  @Test("calls different lengths different, and nothing equal to nothing")
  func lengths() {
    #expect(!ConstantTime.bytesAreEqual([1, 2, 3], [1, 2]))
    #expect(!ConstantTime.bytesAreEqual([], [0]))
    #expect(ConstantTime.bytesAreEqual([], []))
  }
}

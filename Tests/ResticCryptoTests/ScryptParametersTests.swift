import ResticCrypto
import Testing

@Suite("scrypt parameters")
struct ScryptParametersTests {
  struct Refusal: CustomTestStringConvertible {
    let N: Int
    let r: Int
    let p: Int
    let error: ScryptError

    var testDescription: String { "N=\(N) r=\(r) p=\(p)" }
  }

  static let refusals = [
    Refusal(N: 0, r: 8, p: 1, error: .costOutOfRange(N: 0)),
    Refusal(N: 1, r: 8, p: 1, error: .costOutOfRange(N: 1)),
    Refusal(N: -16, r: 8, p: 1, error: .costOutOfRange(N: -16)),
    Refusal(N: 1 << 31, r: 1, p: 1, error: .costOutOfRange(N: 1 << 31)),
    Refusal(N: .max, r: 1, p: 1, error: .costOutOfRange(N: .max)),
    Refusal(N: .min, r: 1, p: 1, error: .costOutOfRange(N: .min)),
    Refusal(N: 3, r: 8, p: 1, error: .costNotPowerOfTwo(N: 3)),
    Refusal(N: 6, r: 8, p: 1, error: .costNotPowerOfTwo(N: 6)),
    Refusal(N: 32769, r: 8, p: 1, error: .costNotPowerOfTwo(N: 32769)),
    Refusal(N: 16, r: 0, p: 1, error: .blockSizeOutOfRange(r: 0)),
    Refusal(N: 16, r: -1, p: 1, error: .blockSizeOutOfRange(r: -1)),
    Refusal(N: 2, r: 8_388_608, p: 1, error: .blockSizeOutOfRange(r: 8_388_608)),
    Refusal(N: 16, r: .max, p: 1, error: .blockSizeOutOfRange(r: .max)),
    Refusal(N: 16, r: 8, p: 0, error: .parallelizationOutOfRange(p: 0)),
    Refusal(N: 16, r: 8, p: .min, error: .parallelizationOutOfRange(p: .min)),
    Refusal(N: 16, r: 1, p: .max, error: .parallelizationOutOfRange(p: .max)),
    Refusal(
      N: 16, r: 1, p: 16_777_216,
      error: .blockSizeTimesParallelizationTooLarge(r: 1, p: 16_777_216)),
    Refusal(
      N: 16, r: 8, p: 2_097_152, error: .blockSizeTimesParallelizationTooLarge(r: 8, p: 2_097_152)),
    Refusal(
      N: 2, r: 8_388_607, p: 2_147_483_647,
      error: .blockSizeTimesParallelizationTooLarge(r: 8_388_607, p: 2_147_483_647)),
    Refusal(N: 1 << 24, r: 1, p: 1, error: .costTimesBlockSizeTooLarge(N: 1 << 24, r: 1)),
    Refusal(N: 1 << 21, r: 8, p: 1, error: .costTimesBlockSizeTooLarge(N: 1 << 21, r: 8)),
  ]

  @Test("are refused with the check that fails", arguments: refusals)
  func refused(refusal: Refusal) {
    #expect(throws: refusal.error) { try ScryptParameters(N: refusal.N, r: refusal.r, p: refusal.p) }
    #expect(!refusal.error.description.isEmpty)
  }

  @Test(
    "are accepted up to restic's bounds",
    arguments: [
      (2, 1, 1), (32768, 8, 6), (1 << 20, 8, 1), (1 << 23, 1, 1), (2, 8_388_607, 1), (2, 1, 16_777_215),
    ])
  func accepted(N: Int, r: Int, p: Int) throws {
    let parameters = try ScryptParameters(N: N, r: r, p: p)
    #expect(parameters.memoryByteCount == 128 * N * r)
    #expect(parameters.coreCallCount == 4 * N * r * p)
  }
}

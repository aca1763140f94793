/// What a key derivation may cost, as a hostile key file chooses the parameters.
package struct ScryptLimits: Sendable, Hashable {
  /// The bytes that may be in use at once.
  package var memoryByteCount: Int
  /// The calls of the Salsa20/8 core in all, `4 * N * r * p`; restic's usual parameters take 6 million.
  package var coreCallCount: Int

  /// 1 GiB, and 2^32 calls: several minutes of one core, some 700 times restic's usual choice.
  package static let standard = ScryptLimits(memoryByteCount: 1 << 30, coreCallCount: 1 << 32)
  /// Whatever restic itself would try.
  package static let unlimited = ScryptLimits(memoryByteCount: .max, coreCallCount: .max)

  package init(memoryByteCount: Int, coreCallCount: Int) {
    self.memoryByteCount = memoryByteCount
    self.coreCallCount = coreCallCount
  }
}

/// The cost parameters of scrypt (RFC 7914, section 2), as far as restic accepts them in a key file.
package struct ScryptParameters: Sendable, Hashable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// The CPU and memory cost, a power of two.
  package let N: Int
  /// The block size.
  package let r: Int
  /// The parallelization: the number of lanes, each independent of the others.
  package let p: Int

  /// The checks of restic's key derivation: `Params.Check` of elithrar/simple-scrypt, which counts with 32-bit
  /// lengths, and that `N` is a power of two, of golang.org/x/crypto/scrypt.
  ///
  /// - Throws: `ScryptError`, the case that names the first check that fails.
  package init(N: Int, r: Int, p: Int) throws(ScryptError) {
    let maximum = Int(Int32.max)
    guard N > 1, N <= maximum else { throw .costOutOfRange(N: N) }
    guard N & (N - 1) == 0 else { throw .costNotPowerOfTwo(N: N) }
    guard r >= 1, r <= maximum / 256 else { throw .blockSizeOutOfRange(r: r) }
    guard p >= 1, p <= maximum else { throw .parallelizationOutOfRange(p: p) }
    guard r * p < 1 << 30, r <= maximum / 128 / p else {
      throw .blockSizeTimesParallelizationTooLarge(r: r, p: p)
    }
    guard N <= maximum / 128 / r else { throw .costTimesBlockSizeTooLarge(N: N, r: r) }
    self.N = N
    self.r = r
    self.p = p
  }

  /// The bytes of the vector V of one lane, `128 * N * r`: at most 2 GiB.
  package var memoryByteCount: Int { 128 * N * r }

  /// How often the Salsa20/8 core runs for all lanes, `4 * N * r * p`: what the time is proportional to.
  package var coreCallCount: Int { 4 * N * r * p }
}

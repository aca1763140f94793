/// Why scrypt parameters are refused, or a derivation ended without a key.
package enum ScryptError: Error, Hashable, CustomStringConvertible {
  /// `N` is not above 1 and at most 2^31 - 1.
  case costOutOfRange(N: Int)
  /// `N` is not a power of two.
  case costNotPowerOfTwo(N: Int)
  /// `r` is not positive and at most (2^31 - 1) / 256.
  case blockSizeOutOfRange(r: Int)
  /// `p` is not positive and at most 2^31 - 1.
  case parallelizationOutOfRange(p: Int)
  /// `r * p` is not below 2^30, or `r` is above (2^31 - 1) / 128 / `p`.
  case blockSizeTimesParallelizationTooLarge(r: Int, p: Int)
  /// `N` is above (2^31 - 1) / 128 / `r`.
  case costTimesBlockSizeTooLarge(N: Int, r: Int)
  /// Even one lane at a time needs more memory than the limit allows.
  case memoryLimit(neededByteCount: Int, allowedByteCount: Int)
  /// The derivation would take more calls of the Salsa20/8 core than the limit allows.
  case workLimit(neededCoreCallCount: Int, allowedCoreCallCount: Int)
  /// The system would not give the memory, although the limit allows it.
  case outOfMemory(byteCount: Int)
  /// No key of this length can be derived.
  case keyLengthOutOfRange(byteCount: Int)
  /// The task was cancelled.
  case cancelled
  /// libcrypto could not do its part, or refuses parameters that restic allows.
  case openSSL(OpenSSLFailure)

  package var description: String {
    switch self {
    case .costOutOfRange(let N): "scrypt parameter N is \(N), not between 2 and 2147483647"
    case .costNotPowerOfTwo(let N): "scrypt parameter N is \(N), not a power of two"
    case .blockSizeOutOfRange(let r): "scrypt parameter r is \(r), not between 1 and 8388607"
    case .parallelizationOutOfRange(let p): "scrypt parameter p is \(p), not between 1 and 2147483647"
    case .blockSizeTimesParallelizationTooLarge(let r, let p):
      "scrypt parameters r=\(r) and p=\(p) are too large together"
    case .costTimesBlockSizeTooLarge(let N, let r):
      "scrypt parameters N=\(N) and r=\(r) are too large together"
    case .memoryLimit(let needed, let allowed):
      "deriving the key needs \(needed) bytes of memory, \(allowed) are allowed; allow more if you trust this key"
    case .workLimit(let needed, let allowed):
      "deriving the key needs \(needed) calls of Salsa20/8, \(allowed) are allowed; allow more if you trust this key"
    case .outOfMemory(let byteCount):
      "the system gives no \(byteCount) bytes of memory to derive the key; free some or raise the process's limit"
    case .keyLengthOutOfRange(let byteCount): "scrypt cannot derive a key of \(byteCount) bytes"
    case .cancelled: "deriving the key was cancelled"
    case .openSSL(let failure): failure.description
    }
  }
}

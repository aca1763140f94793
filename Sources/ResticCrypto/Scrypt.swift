/// scrypt (RFC 7914), which turns a password into the key that opens a key file.
package enum Scrypt {
  /// The key of `byteCount` bytes that `password` yields.
  ///
  /// - Parameters:
  ///   - password: Any bytes, also none.
  ///   - salt: Any bytes; restic's are 64, which is for the key file's reader to check.
  ///   - parameters: Checked as restic checks them.
  ///   - byteCount: The length of the key; restic's is 64.
  ///   - limits: What the derivation may cost.
  /// - Returns: The key.
  /// - Throws: `ScryptError`; `.memoryLimit` only when not even one lane fits.
  package static func deriveKey(
    password: SecretBytes, salt: [UInt8], parameters: ScryptParameters, byteCount: Int = 64,
    limits: ScryptLimits = .standard
  ) async throws(ScryptError) -> SecretBytes {
    try deriveKeyWithOpenSSL(
      password: password, salt: salt, parameters: parameters, byteCount: byteCount, limits: limits)
  }

  /// The same with a limit on memory alone; the work is limited as `ScryptLimits.standard` says.
  package static func deriveKey(
    password: SecretBytes, salt: [UInt8], parameters: ScryptParameters, byteCount: Int = 64,
    memoryLimitByteCount: Int
  ) async throws(ScryptError) -> SecretBytes {
    var limits = ScryptLimits.standard
    limits.memoryByteCount = memoryLimitByteCount
    return try await deriveKey(
      password: password, salt: salt, parameters: parameters, byteCount: byteCount, limits: limits)
  }

  static func check(
    _ parameters: ScryptParameters, byteCount: Int, limits: ScryptLimits
  ) throws(ScryptError) {
    guard byteCount >= 1, byteCount <= Int(Int32.max) else {
      throw .keyLengthOutOfRange(byteCount: byteCount)
    }
    let needed = parameters.memoryByteCount + 128 * parameters.r * parameters.p
    guard needed <= limits.memoryByteCount else {
      throw .memoryLimit(neededByteCount: needed, allowedByteCount: limits.memoryByteCount)
    }
    guard parameters.coreCallCount <= limits.coreCallCount else {
      throw .workLimit(
        neededCoreCallCount: parameters.coreCallCount, allowedCoreCallCount: limits.coreCallCount)
    }
  }
}

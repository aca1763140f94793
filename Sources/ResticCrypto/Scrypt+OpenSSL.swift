internal import COpenSSL

extension Scrypt {
  /// OpenSSL's scrypt, lane after lane: the reference that the fast one is tested against.
  ///
  /// OpenSSL keeps to RFC 7914's `N < 2^(128 * r / 8)`, which restic does not check: `r = 1` with `N = 65536`
  /// or more is refused here only.
  ///
  /// - Throws: `ScryptError`: `.memoryLimit`, `.workLimit`, `.keyLengthOutOfRange`, `.openSSL`.
  package static func deriveKeyWithOpenSSL(
    password: SecretBytes, salt: [UInt8], parameters: ScryptParameters, byteCount: Int = 64,
    limits: ScryptLimits = .standard
  ) throws(ScryptError) -> SecretBytes {
    try checkKeyLength(byteCount)
    // The same limits as for one worker, for their errors; OpenSSL's own bound is then out of the way.
    _ = try ScryptPlan(parameters: parameters, limits: limits, processorCount: 1)
    return try unsafe SecretBytes(byteCount: byteCount) { key throws(ScryptError) in
      let status = unsafe password.withUnsafeBytes { password in
        unsafe EVP_PBE_scrypt(
          password.assumingMemoryBound(to: CChar.self).baseAddress, password.count, salt, salt.count,
          UInt64(parameters.N), UInt64(parameters.r), UInt64(parameters.p), UInt64(Int32.max) * 4,
          key.assumingMemoryBound(to: UInt8.self).baseAddress, key.count)
      }
      guard status == 1 else { throw .openSSL(OpenSSLFailure(operation: "SCRYPT")) }
    }
  }
}

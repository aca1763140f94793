internal import COpenSSL

/// PBKDF2 with HMAC-SHA256 and one iteration, as scrypt begins and ends (RFC 7914, section 6).
enum PBKDF2 {
  /// Fills `output` from the password and the salt; all lengths are below 2^31.
  static func fill(
    _ output: UnsafeMutableRawBufferPointer, password: SecretBytes, salt: UnsafeRawBufferPointer
  ) throws(OpenSSLFailure) {
    let status = unsafe password.withUnsafeBytes { password in
      guard let passwordByteCount = CInt(exactly: password.count),
        let saltByteCount = CInt(exactly: salt.count),
        let byteCount = CInt(exactly: output.count)
      else { return CInt(0) }
      return unsafe PKCS5_PBKDF2_HMAC(
        password.assumingMemoryBound(to: CChar.self).baseAddress, passwordByteCount,
        salt.assumingMemoryBound(to: UInt8.self).baseAddress, saltByteCount, 1,
        OpenSSLAlgorithms.shared.sha256, byteCount, output.assumingMemoryBound(to: UInt8.self).baseAddress)
    }
    guard status == 1 else { throw OpenSSLFailure(operation: "PBKDF2 with HMAC-SHA256") }
  }
}

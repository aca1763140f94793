internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104), by which requests to S3 services are signed.
package enum HMACSHA256 {
  /// The 32-byte code of `message` under a key of any length below 2^31 bytes.
  package static func code(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: SHA256.byteCount)
    let isDone = unsafe key.withUnsafeBytes { key in
      unsafe HMAC(
        OpenSSLAlgorithms.shared.sha256, key.baseAddress, CInt(clamping: key.count), message, message.count,
        &code, nil) != nil
    }
    // No input makes this fail, so it is the state of the machine, as when memory runs out.
    precondition(isDone, "libcrypto cannot compute HMAC-SHA-256")
    return code
  }
}

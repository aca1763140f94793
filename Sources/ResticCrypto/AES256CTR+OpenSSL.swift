internal import COpenSSL

/// AES-256 in counter mode (NIST SP 800-38A, section 6.5), which restic encrypts everything with.
package enum AES256CTR {
  package static let keyByteCount = 32
  package static let counterByteCount = 16

  /// `input` XORed with the key stream; the same call encrypts and decrypts.
  ///
  /// - Parameters:
  ///   - input: Any number of bytes.
  ///   - key: 32 bytes.
  ///   - counter: The first counter block, 16 bytes, counted up as one 128-bit big-endian number.
  /// - Returns: As many bytes as `input` has.
  /// - Throws: `OpenSSLFailure` when libcrypto lacks the cipher or memory, or a length is not as above.
  package static func apply(
    to input: [UInt8], key: SecretBytes, counter: [UInt8]
  ) throws(OpenSSLFailure) -> SecretBytes {
    guard key.byteCount == keyByteCount, counter.count == counterByteCount,
      let inputByteCount = CInt(exactly: input.count), let context = unsafe EVP_CIPHER_CTX_new()
    else { throw OpenSSLFailure(operation: "AES-256-CTR") }
    defer { unsafe EVP_CIPHER_CTX_free(context) }

    let started = unsafe key.withUnsafeBytes { key in
      unsafe EVP_EncryptInit_ex2(
        context, OpenSSLAlgorithms.shared.aes256CTR, key.assumingMemoryBound(to: UInt8.self).baseAddress,
        counter, nil)
    }
    guard started == 1 else { throw OpenSSLFailure(operation: "AES-256-CTR") }
    return try unsafe SecretBytes(byteCount: input.count) { output throws(OpenSSLFailure) in
      var written: CInt = 0
      let status = unsafe EVP_EncryptUpdate(
        context, output.assumingMemoryBound(to: UInt8.self).baseAddress, &written, input, inputByteCount)
      guard status == 1, written == inputByteCount else { throw OpenSSLFailure(operation: "AES-256-CTR") }
    }
  }
}

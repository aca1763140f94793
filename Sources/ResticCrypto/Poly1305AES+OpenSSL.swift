internal import COpenSSL

/// Poly1305-AES, restic's message authentication code.
///
/// "The Poly1305-AES message-authentication code", 2005, <https://cr.yp.to/mac/poly1305-20050329.pdf>.
package enum Poly1305AES {
  /// The length of `k`, `r`, the nonce and the tag.
  package static let byteCount = 16

  /// The 16-byte tag of `message`: Poly1305 under the one-time key `r || AES128_k(nonce)`.
  ///
  /// - Parameters:
  ///   - message: Any number of bytes.
  ///   - k: The AES-128 key, 16 bytes.
  ///   - r: The evaluation point, 16 bytes; Poly1305 clamps it, as restic keeps it unclamped.
  ///   - nonce: 16 bytes, never used twice with the same keys.
  /// - Returns: The tag.
  /// - Throws: `OpenSSLFailure` when libcrypto lacks an algorithm or memory, or a length is not as above.
  package static func tag(
    of message: [UInt8], k: SecretBytes, r: SecretBytes, nonce: [UInt8]
  ) throws(OpenSSLFailure) -> [UInt8] {
    guard r.byteCount == byteCount, k.byteCount == byteCount, nonce.count == byteCount else {
      throw OpenSSLFailure(operation: "Poly1305-AES")
    }
    let encryptedNonce = try encrypt(block: nonce, key: k)
    let oneTimeKey = unsafe SecretBytes(byteCount: 2 * byteCount) { key in
      unsafe r.withUnsafeBytes { r in unsafe key.copyMemory(from: r) }
      unsafe encryptedNonce.withUnsafeBytes { s in
        unsafe UnsafeMutableRawBufferPointer(rebasing: key[byteCount...]).copyMemory(from: s)
      }
    }
    return try poly1305(message, oneTimeKey: oneTimeKey)
  }

  /// AES-128 of one block.
  private static func encrypt(block: [UInt8], key: SecretBytes) throws(OpenSSLFailure) -> SecretBytes {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { throw OpenSSLFailure(operation: "AES-128-ECB") }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    let started = unsafe key.withUnsafeBytes { key in
      unsafe EVP_EncryptInit_ex2(
        context, OpenSSLAlgorithms.shared.aes128ECB, key.assumingMemoryBound(to: UInt8.self).baseAddress, nil,
        nil)
    }
    // Without padding one whole block comes out of the update, and the final call, which adds none, is left out.
    guard started == 1, unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1 else {
      throw OpenSSLFailure(operation: "AES-128-ECB")
    }
    return try unsafe SecretBytes(byteCount: byteCount) { output throws(OpenSSLFailure) in
      var written: CInt = 0
      let status = unsafe EVP_EncryptUpdate(
        context, output.assumingMemoryBound(to: UInt8.self).baseAddress, &written, block, CInt(byteCount))
      guard status == 1, written == CInt(byteCount) else { throw OpenSSLFailure(operation: "AES-128-ECB") }
    }
  }

  private static func poly1305(
    _ message: [UInt8], oneTimeKey: SecretBytes
  ) throws(OpenSSLFailure) -> [UInt8] {
    guard let context = unsafe EVP_MAC_CTX_new(OpenSSLAlgorithms.shared.poly1305) else {
      throw OpenSSLFailure(operation: "POLY1305")
    }
    defer { unsafe EVP_MAC_CTX_free(context) }
    let started = unsafe oneTimeKey.withUnsafeBytes { key in
      unsafe EVP_MAC_init(
        context, key.assumingMemoryBound(to: UInt8.self).baseAddress, key.count, nil)
    }
    var tag = [UInt8](repeating: 0, count: byteCount)
    var tagByteCount = 0
    guard started == 1, unsafe EVP_MAC_update(context, message, message.count) == 1,
      unsafe EVP_MAC_final(context, &tag, &tagByteCount, byteCount) == 1, tagByteCount == byteCount
    else { throw OpenSSLFailure(operation: "POLY1305") }
    return tag
  }
}

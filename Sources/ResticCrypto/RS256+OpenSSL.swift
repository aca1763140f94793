internal import COpenSSL

/// RSA signatures with SHA-256 (RFC 7518, 3.3), by which the owner of a certificate or a service account signs in.
package enum RS256 {
  /// The signature of `message` under the first private key of `pem`; `nil` where that is not an unencrypted RSA key.
  package static func signature(_ message: [UInt8], pem: [UInt8]) -> [UInt8]? {
    guard let key = unsafe key(pem) else { return nil }
    defer { unsafe EVP_PKEY_free(key) }
    guard unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { return nil }
    guard let context = unsafe EVP_MD_CTX_new() else { return nil }
    defer { unsafe EVP_MD_CTX_free(context) }
    guard
      unsafe EVP_DigestSignInit(context, nil, OpenSSLAlgorithms.shared.sha256, nil, key) == 1
    else { return nil }
    var byteCount = 0
    guard unsafe EVP_DigestSign(context, nil, &byteCount, message, message.count) == 1, byteCount > 0 else {
      return nil
    }
    var signature = [UInt8](repeating: 0, count: byteCount)
    guard unsafe EVP_DigestSign(context, &signature, &byteCount, message, message.count) == 1,
      byteCount <= signature.count
    else { return nil }
    return Array(signature.prefix(byteCount))
  }

  private static func key(_ pem: [UInt8]) -> OpaquePointer? {
    guard pem.count <= 1 << 20, let source = unsafe BIO_new_mem_buf(pem, CInt(pem.count)) else { return nil }
    defer { unsafe BIO_free(source) }
    // The callback refuses every passphrase: without it OpenSSL would ask at the terminal.
    return unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
  }
}

internal import COpenSSL

/// RSA signatures with SHA-256 and PKCS #1 v1.5 padding (RFC 8017, 8.2), as the `RS256` of JSON Web Tokens.
package enum RSASHA256 {
  /// More would take seconds for one signature.
  private static let keyBitLimit: CInt = 16_384

  /// The signature of `message` under an unencrypted private RSA key in PEM (PKCS #8 or PKCS #1).
  ///
  /// - Throws: `OpenSSLFailure` when `privateKey` is no such key.
  package static func signature(
    _ message: [UInt8], privateKey: SecretBytes
  ) throws(OpenSSLFailure) -> [UInt8] {
    let unusable = OpenSSLFailure(operation: "RSA with SHA-256")
    // What reading a bad key leaves there would be told of some later call.
    defer { ERR_clear_error() }
    let read = unsafe privateKey.withUnsafeBytes { text -> OpaquePointer? in
      guard let byteCount = CInt(exactly: text.count),
        let source = unsafe BIO_new_mem_buf(text.baseAddress, byteCount)
      else { return nil }
      defer { unsafe BIO_free(source) }
      // An empty passphrase: without any, OpenSSL would ask for one on the terminal.
      var passphrase: CChar = 0
      return unsafe PEM_read_bio_PrivateKey(source, nil, nil, &passphrase)
    }
    guard let key = unsafe read else { throw unusable }
    defer { unsafe EVP_PKEY_free(key) }
    guard unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA, unsafe EVP_PKEY_get_bits(key) <= keyBitLimit,
      let context = unsafe EVP_MD_CTX_new()
    else { throw unusable }
    defer { unsafe EVP_MD_CTX_free(context) }
    guard unsafe EVP_DigestSignInit(context, nil, OpenSSLAlgorithms.shared.sha256, nil, key) == 1 else {
      throw unusable
    }
    var byteCount = Int(unsafe EVP_PKEY_get_size(key))
    var signature = [UInt8](repeating: 0, count: max(byteCount, 0))
    guard unsafe EVP_DigestSign(context, &signature, &byteCount, message, message.count) == 1,
      (0...signature.count).contains(byteCount)
    else { throw unusable }
    return Array(signature.prefix(byteCount))
  }
}

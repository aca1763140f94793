internal import COpenSSL

/// The EVP algorithms this target uses, fetched once: a fetch costs more than sealing a lock does.
///
/// `@unchecked Sendable`: fetched algorithm objects are immutable and reference-counted atomically, and OpenSSL
/// documents their use from several threads at once (`openssl-threads(7)`). They live as long as the process.
@safe
struct OpenSSLAlgorithms: @unchecked Sendable {
  static let shared = unsafe OpenSSLAlgorithms(
    sha256: EVP_MD_fetch(nil, "SHA2-256", nil),
    aes256CTR: EVP_CIPHER_fetch(nil, "AES-256-CTR", nil),
    aes128ECB: EVP_CIPHER_fetch(nil, "AES-128-ECB", nil),
    poly1305: EVP_MAC_fetch(nil, "POLY1305", nil))

  let sha256: OpaquePointer?
  let aes256CTR: OpaquePointer?
  let aes128ECB: OpaquePointer?
  let poly1305: OpaquePointer?
}

/// Why a sealed box could not be opened.
package enum SealError: Error, Hashable, CustomStringConvertible {
  /// Shorter than the 32 bytes that nonce and tag take.
  case tooShort(byteCount: Int)
  /// The nonce is all zero, which restic refuses.
  case zeroNonce
  /// The tag does not fit: another key (for a key file: a wrong password), or changed bytes.
  case authenticationFailed
  /// libcrypto could not do its part; says nothing about the box.
  case openSSL(OpenSSLFailure)

  package var description: String {
    switch self {
    case .tooShort(let byteCount):
      "sealed data has \(byteCount) bytes, fewer than the \(SealingKey.overheadByteCount) of its nonce and tag"
    case .zeroNonce: "sealed data has an all-zero nonce"
    case .authenticationFailed: "the authentication code does not fit the sealed data under this key"
    case .openSSL(let failure): failure.description
    }
  }
}

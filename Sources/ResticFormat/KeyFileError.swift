/// Why a key file gives no master key; only ``wrongPassword`` lets a search go on with the next key.
package enum KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The derived key does not open this key file, which is what a wrong password looks like.
  case wrongPassword
  case empty
  /// The file's name is not the SHA-256 of its bytes.
  case nameMismatch
  case notJSON(GoJSONError)
  /// The key derivation function is missing or not `scrypt`.
  case unknownKDF
  /// Not 64 bytes.
  case saltLength(byteCount: Int)
  /// The sealed master key is missing or shorter than the sealing alone.
  case dataTooShort(byteCount: Int)
  case zeroNonce
  /// Opened with the password, but the content is not a master key.
  case masterKey(MasterKeyTextError)
  /// libcrypto could not do its part; says nothing about the key file.
  case cryptography(String)

  package var description: String {
    switch self {
    case .wrongPassword: "the password does not open this key"
    case .empty: "the key file is empty"
    case .nameMismatch: "the key file is damaged: its bytes do not match its name"
    case .notJSON(let error): "the key file is damaged: \(error)"
    case .unknownKDF: "the key file does not name scrypt as its key derivation function"
    case .saltLength(let byteCount): "the key file is damaged: its salt has \(byteCount) bytes, not 64"
    case .dataTooShort(let byteCount):
      "the key file is damaged: its sealed data has only \(byteCount) bytes"
    case .zeroNonce: "the key file is damaged: the nonce of its sealed data is all zero"
    case .masterKey(let error): "the password opens this key, but \(error)"
    case .cryptography(let reason): "the key file could not be opened: \(reason)"
    }
  }
}

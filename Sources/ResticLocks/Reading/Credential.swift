package import ResticCrypto

/// What opens a repository.
package enum Credential: Sendable {
  case password(SecretBytes)
  /// The key that every password of the repository leads to.
  case masterKey(SealingKey)
}

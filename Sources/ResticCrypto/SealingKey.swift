/// restic's `crypto.Key`: seals as `nonce || AES-256-CTR(plaintext) || Poly1305-AES(ciphertext)`, that is, it
/// encrypts first and authenticates the ciphertext alone (restic design document, "Keys, Encryption and MAC").
package struct SealingKey: Sendable {
  /// What sealing adds: a 16-byte nonce before and a 16-byte tag after the ciphertext.
  package static let overheadByteCount = AES256CTR.counterByteCount + Poly1305AES.byteCount
  /// The bytes of key material in all: AES-256 key, `k` and `r`.
  package static let keyByteCount = AES256CTR.keyByteCount + 2 * Poly1305AES.byteCount

  private let encrypt: SecretBytes
  private let k: SecretBytes
  private let r: SecretBytes

  /// The key of these parts; nil where a length is wrong or a part is all zero, which restic calls invalid.
  ///
  /// - Parameters:
  ///   - encrypt: The AES-256 key, 32 bytes.
  ///   - k: The AES-128 key of Poly1305-AES, 16 bytes.
  ///   - r: The evaluation point of Poly1305-AES, 16 bytes, unclamped as restic stores it.
  package init?(encrypt: SecretBytes, k: SecretBytes, r: SecretBytes) {
    guard encrypt.byteCount == AES256CTR.keyByteCount, k.byteCount == Poly1305AES.byteCount,
      r.byteCount == Poly1305AES.byteCount, encrypt.hasNonzeroByte, k.hasNonzeroByte, r.hasNonzeroByte
    else { return nil }
    self.encrypt = encrypt
    self.k = k
    self.r = r
  }

  /// The key that a password yields; nil unless `derived` is 64 bytes with no part all zero.
  ///
  /// - Parameter derived: The output of scrypt: 32 bytes for AES-256, 16 of `k`, 16 of `r`.
  package init?(derived: SecretBytes) {
    guard derived.byteCount == Self.keyByteCount, let encrypt = derived.copy(of: 0..<32),
      let k = derived.copy(of: 32..<48), let r = derived.copy(of: 48..<64)
    else { return nil }
    self.init(encrypt: encrypt, k: k, r: r)
  }

  /// The plaintext of a sealed box; nothing is decrypted before its tag was found right, in constant time.
  ///
  /// - Parameter sealed: `nonce || ciphertext || tag`; an empty ciphertext is no error.
  /// - Returns: The plaintext, 32 bytes shorter than `sealed`.
  /// - Throws: `SealError`; `.authenticationFailed` is what another key gives too.
  package func open(_ sealed: [UInt8]) throws(SealError) -> SecretBytes {
    guard sealed.count >= Self.overheadByteCount else { throw .tooShort(byteCount: sealed.count) }
    let nonce = Array(sealed.prefix(AES256CTR.counterByteCount))
    let tag = Array(sealed.suffix(Poly1305AES.byteCount))
    let ciphertext = Array(sealed.dropFirst(AES256CTR.counterByteCount).dropLast(Poly1305AES.byteCount))
    guard nonce.contains(where: { $0 != 0 }) else { throw .zeroNonce }
    do {
      let expected = try Poly1305AES.tag(of: ciphertext, k: k, r: r, nonce: nonce)
      guard ConstantTime.bytesAreEqual(expected, tag) else { throw SealError.authenticationFailed }
      return try AES256CTR.apply(to: ciphertext, key: encrypt, counter: nonce)
    } catch let failure as OpenSSLFailure {
      throw .openSSL(failure)
    } catch {
      throw .authenticationFailed
    }
  }

  /// What is in a box whose tag is wrong; nothing vouches for it, and it is for forensic reading only.
  package func decryptUnauthenticated(_ sealed: [UInt8]) -> SecretBytes? {
    guard sealed.count >= Self.overheadByteCount else { return nil }
    let nonce = Array(sealed.prefix(AES256CTR.counterByteCount))
    let ciphertext = Array(sealed.dropFirst(AES256CTR.counterByteCount).dropLast(Poly1305AES.byteCount))
    return try? AES256CTR.apply(to: ciphertext, key: encrypt, counter: nonce)
  }

  /// The sealed box of `plaintext`, for tests and fixtures.
  ///
  /// nil where restic would not read it back (a nonce that is all zero or not 16 bytes) or libcrypto fails.
  /// A nonce must never be used twice with one key.
  package func seal(_ plaintext: [UInt8], nonce: [UInt8]) -> [UInt8]? {
    guard nonce.count == AES256CTR.counterByteCount, nonce.contains(where: { $0 != 0 }),
      let encrypted = try? AES256CTR.apply(to: plaintext, key: encrypt, counter: nonce)
    else { return nil }
    let ciphertext = encrypted.exposedBytes
    guard let tag = try? Poly1305AES.tag(of: ciphertext, k: k, r: r, nonce: nonce) else { return nil }
    return nonce + ciphertext + tag
  }
}

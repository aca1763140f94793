internal import COpenSSL

/// Comparisons whose duration does not depend on the bytes compared.
package enum ConstantTime {
  /// Whether both hold the same bytes; only the lengths, which are no secret, can shorten the comparison.
  package static func bytesAreEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
  }
}

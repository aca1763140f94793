extension SecretBytes {
  /// Whether any byte is not zero; reads all of them whatever they hold.
  var hasNonzeroByte: Bool {
    unsafe withUnsafeBytes { bytes in unsafe bytes.reduce(0, |) != 0 }
  }

  /// The bytes as an ordinary array, which nobody erases: for what is about to be public, as a ciphertext is.
  var exposedBytes: [UInt8] { unsafe withUnsafeBytes { bytes in unsafe Array(bytes) } }

  /// The bytes at `range` in memory of their own; nil when they are not all there.
  package func copy(of range: Range<Int>) -> SecretBytes? {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
    return unsafe withUnsafeBytes { bytes in unsafe SecretBytes(copying: bytes[range]) }
  }
}

import ResticCrypto

extension SecretBytes {
  /// The bytes as they are, for comparing.
  var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

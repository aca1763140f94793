import ResticCrypto

extension SecretBytes {
  /// A copy to compare with; never in product code.
  var exposed: [UInt8] { withUnsafeBytes { Array($0) } }
}

internal import ResticCrypto

extension SecretBytes {
  /// Lends the bytes to `body`, which must not keep the view.
  func withByteView<Result, Failure: Error>(
    _ body: (ByteView) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeBytes { memory throws(Failure) in try body(unsafe ByteView(lending: memory)) }
  }

  /// The bytes as an ordinary array, which nobody erases: for the content of locks and config, which is shown anyway.
  var content: [UInt8] { unsafe withUnsafeBytes { memory in unsafe Array(memory) } }
}

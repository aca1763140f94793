internal import COpenSSL

/// Bytes that are erased before their memory is given back: passwords, derived keys, decrypted contents.
///
/// A class, so that several tasks share one copy and the last of them erases it.
@safe
package final class SecretBytes: Sendable, CustomStringConvertible, CustomReflectable {
  // Written only by init, before any other reference exists; read-only afterwards.
  private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

  package var byteCount: Int { unsafe storage.count }
  package var isEmpty: Bool { unsafe storage.count == 0 }
  package var description: String { "<redacted>" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }

  /// Erasable memory of `byteCount` bytes, zeroed and then filled by `fill`.
  package init<Failure: Error>(
    byteCount: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 0), alignment: 16)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe storage = memory
    // Every property is set, so that an error runs deinit, which erases and frees.
    try unsafe fill(memory)
  }

  /// A copy of `bytes`; erasing the original stays with its owner.
  package convenience init(copying bytes: some Collection<UInt8>) {
    unsafe self.init(byteCount: bytes.count) { memory in unsafe memory.copyBytes(from: bytes) }
  }

  deinit {
    unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
    unsafe storage.deallocate()
  }

  /// Lends the bytes for the duration of `body`, which must not keep the pointer.
  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(storage))
  }
}

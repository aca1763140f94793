internal import CScrypt

/// Zeroed memory for a derivation, erased before it is given back to the system.
///
/// `@unchecked Sendable`: only the blocks B are written by several tasks at a time, each to the range of the lanes
/// that it alone took from the queue.
@safe
final class ScryptMemory: @unchecked Sendable {
  let byteCount: Int
  let address: UnsafeMutableRawPointer

  /// Nil where the system gives none.
  init?(byteCount: Int) {
    guard byteCount > 0, let address = unsafe cscrypt_allocate(byteCount) else { return nil }
    self.byteCount = byteCount
    unsafe self.address = address
  }

  deinit {
    unsafe cscrypt_erase_and_free(address, byteCount)
  }

  var bytes: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: address, count: byteCount)
  }
}

internal import CZstd
internal import Synchronization

/// Decompresses zstd frames (RFC 8878) into a bounded memory; contexts are kept and used again.
final class ZstdDecoder: Sendable {
  private let outputByteLimit: Int
  private let idleContexts = Mutex<[ZstdContext]>([])

  init(outputByteLimit: Int) {
    self.outputByteLimit = max(outputByteLimit, 1)
  }

  /// The content of all frames one after the other; skippable frames have none, and no input is an empty content.
  func decompress(_ input: ByteView) throws(ZstdError) -> [UInt8] {
    let context: ZstdContext
    if let idle = idleContexts.withLock({ contexts in contexts.popLast() }) {
      context = idle
    } else if let new = ZstdContext(outputByteCount: outputByteLimit) {
      context = new
    } else {
      throw .outOfMemory
    }
    defer { idleContexts.withLock { contexts in contexts.append(context) } }
    return try unsafe input.withUnsafeBytes { memory throws(ZstdError) in
      try unsafe context.decompress(memory)
    }
  }
}

// Unchecked because of the C handle: ZstdDecoder lends a context to one call at a time.
@safe
private final class ZstdContext: @unchecked Sendable {
  private let handle: OpaquePointer
  private let output: UnsafeMutableRawBufferPointer

  init?(outputByteCount: Int) {
    guard let handle = unsafe ZSTD_createDCtx() else { return nil }
    unsafe self.handle = handle
    // The pages that no content reaches are never touched, so the limit costs address space only.
    unsafe output = .allocate(byteCount: outputByteCount, alignment: 16)
  }

  deinit {
    unsafe ZSTD_freeDCtx(handle)
    unsafe output.deallocate()
  }

  func decompress(_ input: UnsafeRawBufferPointer) throws(ZstdError) -> [UInt8] {
    let size = unsafe ZSTD_decompressDCtx(
      handle, output.baseAddress, output.count, input.baseAddress, input.count)
    guard ZSTD_isError(size) == 0 else { throw unsafe ZstdError(result: size, outputByteLimit: output.count) }
    return unsafe Array(output.prefix(Int(size)))
  }
}

extension ZstdError {
  fileprivate init(result: Int, outputByteLimit: Int) {
    let code = ZSTD_getErrorCode(result)
    self =
      switch code {
      case ZSTD_error_prefix_unknown, ZSTD_error_version_unsupported: .notZstd
      case ZSTD_error_srcSize_wrong: .truncated
      case ZSTD_error_corruption_detected, ZSTD_error_literals_headerWrong, ZSTD_error_tableLog_tooLarge,
        ZSTD_error_maxSymbolValue_tooLarge, ZSTD_error_maxSymbolValue_tooSmall, ZSTD_error_GENERIC:
        .corrupted
      case ZSTD_error_checksum_wrong: .checksumMismatch
      case ZSTD_error_dstSize_tooSmall: .outputTooLarge(byteLimit: outputByteLimit)
      case ZSTD_error_dictionary_wrong, ZSTD_error_dictionary_corrupted: .needsDictionary
      case ZSTD_error_frameParameter_unsupported, ZSTD_error_frameParameter_windowTooLarge: .unsupported
      case ZSTD_error_memory_allocation: .outOfMemory
      default: .other(code: Int(code.rawValue))
      }
  }
}

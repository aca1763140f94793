internal import CZstd

/// zstd frames for forged locks.
package enum ZstdCompressor {
  /// One frame with libzstd's usual header.
  package static func compress(_ bytes: [UInt8], withChecksum: Bool = false) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, withChecksum ? 1 : 0)
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let size = ZSTD_compress2(context, &output, output.count, bytes, bytes.count)
    precondition(ZSTD_isError(size) == 0)
    return Array(output.prefix(size))
  }

  /// A frame that decompressors step over.
  package static func skippableFrame(_ content: [UInt8]) -> [UInt8] {
    let size = UInt32(content.count)
    return [0x50, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + content
  }
}

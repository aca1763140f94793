/// Why a compressed content cannot be decompressed.
package enum ZstdError: Error, Hashable, Sendable, CustomStringConvertible {
  case notZstd
  /// The last frame is cut off, or too few bytes for another one follow it.
  case truncated
  case corrupted
  case checksumMismatch
  /// The content is larger than the caller accepts.
  case outputTooLarge(byteLimit: Int)
  case needsDictionary
  /// A feature of the format that libzstd does not have.
  case unsupported
  case outOfMemory
  case other(code: Int)

  package var description: String {
    switch self {
    case .notZstd: "the compressed content is not in zstd's format"
    case .truncated: "the compressed content is cut off, or stray bytes follow it"
    case .corrupted: "the compressed content is corrupted"
    case .checksumMismatch: "the compressed content does not match its checksum"
    case .outputTooLarge(let byteLimit): "the content decompresses to more than \(byteLimit) bytes"
    case .needsDictionary: "the compressed content needs a dictionary, which restic never uses"
    case .unsupported: "the compressed content uses a part of zstd's format that is not supported"
    case .outOfMemory: "there is no memory to decompress the content"
    case .other(let code): "the compressed content cannot be read (zstd error \(code))"
    }
  }
}

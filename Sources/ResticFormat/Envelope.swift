package import ResticCrypto

/// What a decrypted lock, snapshot or index file wraps its JSON in (restic design document, "Unpacked Data Format").
///
/// Version 1 stores the JSON itself. Version 2 starts with an encoding byte: `{` or `[` is plain JSON as in version
/// 1, `2` is followed by zstd frames. An empty file is an empty content, and no error.
package struct Envelope: Sendable {
  private static let zstdEncoding: UInt8 = 2

  private let isCompressible: Bool
  private let zstd: ZstdDecoder

  /// - Parameters:
  ///   - repositoryVersion: 1 or 2.
  ///   - contentByteLimit: How much a compressed content may grow to.
  package init(repositoryVersion: Int, contentByteLimit: Int = 1 << 20) {
    isCompressible = repositoryVersion >= 2
    zstd = ZstdDecoder(outputByteLimit: contentByteLimit)
  }

  /// The content, decompressed where it is compressed.
  package func content(of plaintext: SecretBytes) throws(EnvelopeError) -> [UInt8] {
    let bytes = plaintext.content
    guard isCompressible, let encoding = bytes.first else { return bytes }
    switch encoding {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return bytes
    case Self.zstdEncoding:
      do throws(ZstdError) {
        return try bytes.withByteView { view throws(ZstdError) in
          try zstd.decompress(view[1..<view.count])
        }
      } catch {
        throw .zstd(error)
      }
    default: throw .unknownEncoding(encoding)
    }
  }
}

/// Why the content of an authentic file cannot be unwrapped.
package enum EnvelopeError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownEncoding(UInt8)
  case zstd(ZstdError)

  package var description: String {
    switch self {
    case .unknownEncoding(let byte): "the content's encoding, \(byte), is not one that restic knows"
    case .zstd(let error): error.description
    }
  }
}

internal import COpenSSL

/// SHA-1 (FIPS 180-4), by which Backblaze B2 checks what is uploaded; it vouches for nothing here.
package enum SHA1 {
  package static let byteCount = 20

  /// The digest of `bytes`, 20 bytes; `nil` where this machine's libcrypto does not offer it.
  package static func digest(_ bytes: [UInt8]) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: byteCount)
    let status = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
    return status == 1 ? digest : nil
  }
}

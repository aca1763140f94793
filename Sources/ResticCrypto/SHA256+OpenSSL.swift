internal import COpenSSL

/// SHA-256 (FIPS 180-4), the hash that names every file of a restic repository but `config`.
package enum SHA256 {
  package static let byteCount = 32

  /// The digest of `bytes`, 32 bytes.
  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    let algorithm = OpenSSLAlgorithms.shared
    let status = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, algorithm.sha256, nil)
    // No input makes this fail, so it is the state of the machine, as when memory runs out; a made-up digest
    // would call sound files damaged.
    precondition(status == 1, "libcrypto cannot compute SHA-256")
    return digest
  }

  /// The digest of `bytes` as 64 lower-case hexadecimal digits, restic's form of an ID.
  package static func hex(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * byteCount)
    for byte in digest(bytes) {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 0x0f))
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
  }
}

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
    let digits: [Unicode.Scalar] = [
      "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
    ]
    var text = String.UnicodeScalarView()
    for byte in digest(bytes) {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0f)])
    }
    return String(text)
  }
}

/// Bytes between `-----BEGIN X-----` and `-----END X-----` (RFC 7468).
enum PEM {
  static func first(_ label: String, in bytes: [UInt8]) -> [UInt8]? {
    let lines = bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let start = lines.firstIndex(of: "-----BEGIN \(label)-----"),
      let end = lines[start...].firstIndex(of: "-----END \(label)-----")
    else { return nil }
    return Base64.decoded(lines[(start + 1)..<end].joined())
  }
}

internal import ResticCrypto

/// Signs requests with an account's key (REST reference, "Authorize with Shared Key").
struct SharedKeySignature {
  let account: String
  let key: SecretBytes

  /// The value of the `Authorization` field; `path` is percent-encoded as it stands in the request line.
  func authorization(
    method: String, path: String, query: [(name: String, value: String)],
    headers: [(name: String, value: String)], bodyByteCount: Int
  ) -> String {
    let text = Self.stringToSign(
      account: account, method: method, path: path, query: query, headers: headers,
      bodyByteCount: bodyByteCount)
    return "SharedKey \(account):\(Base64.encoded(HMACSHA256.code(Array(text.utf8), key: key)))"
  }

  static func stringToSign(
    account: String, method: String, path: String, query: [(name: String, value: String)],
    headers: [(name: String, value: String)], bodyByteCount: Int
  ) -> String {
    let fields = headers.map { (name: $0.name.lowercased(), value: $0.value) }
    let plain = [
      "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
      "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
    ].map { name in
      if name == "content-length" { return bodyByteCount == 0 ? "" : String(bodyByteCount) }
      return fields.first { $0.name == name }?.value ?? ""
    }
    let own = fields.filter { $0.name.utf8.starts(with: "x-ms-".utf8) }.sorted { $0.name < $1.name }
      .map { "\($0.name):\($0.value)\n" }.joined()
    let resource = query.sorted { $0.name < $1.name }.map { "\n\($0.name.lowercased()):\($0.value)" }.joined()
    return "\(([method] + plain).joined(separator: "\n"))\n\(own)/\(account)\(path)\(resource)"
  }
}

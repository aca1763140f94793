internal import ResticCrypto
internal import ResticStorage
internal import WallTime

extension B2Service {
  func create(
    _ key: String, _ content: [UInt8], modified: UnixTime?, action: String
  ) async throws(StorageError) {
    // An upload would become a newer version of what is there.
    try await requireNothing(at: key, action: action)
    let place = try await call("b2_get_upload_url", [], capability: "writeFiles", action: action)
    let members = JSONCursor.members(of: place.body) ?? [:]
    guard let url = members["uploadUrl"], let token = members["authorizationToken"], !token.isEmpty,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else {
      throw StorageError(.permanent, action: action, reason: "the service names no place for an upload")
    }
    var headers: HTTPFields = [
      ("Authorization", token), ("X-Bz-File-Name", PercentEncoding.encoded(key, keepsSlashes: true)),
      ("Content-Type", "application/octet-stream"),
      ("X-Bz-Content-Sha1", SHA1.digest(content).map(Hex.text) ?? "do_not_verify"),
    ]
    // The upload's own time is the service's; this one is for other programs, such as rclone.
    if let milliseconds = modified.flatMap(B2Time.milliseconds) {
      headers.add("X-Bz-Info-src_last_modified_millis", String(milliseconds))
    }
    try await session.upload(content, to: url, headers: headers, action: action)
  }
}

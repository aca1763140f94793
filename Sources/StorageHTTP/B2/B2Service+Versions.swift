internal import ResticStorage

/// Versions are always kept, until something deletes them; restic does, unless its key may only hide.
extension B2Service: VersionedBucketService {
  var keepsWholePast: Bool { false }

  func versionsPage(
    of prefix: String, after position: VersionPosition?, action: String
  ) async throws(StorageError) -> VersionsPage {
    var more: [(String, JSONText)] = [
      ("prefix", .text(prefix)), ("maxFileCount", .number(B2Listing.pageEntryCount)),
    ]
    if let position {
      more.append(("startFileName", .text(position.name)))
      if !position.versionID.isEmpty { more.append(("startFileId", .text(position.versionID))) }
    }
    let response = try await call(
      "b2_list_file_versions", more, capability: "listFiles", byteLimit: B2Listing.byteLimit, action: action)
    let listing = try Self.listing(response, action: action)
    var page = VersionsPage()
    page.next = listing.nextName.map { VersionPosition(name: $0, versionID: listing.nextID ?? "") }
    // The newest version of a name comes first; the page before may have ended within a name.
    var lastName = position.flatMap { $0.versionID.isEmpty ? nil : $0.name }
    for version in listing.versions {
      let isCurrent = version.name != lastName
      lastName = version.name
      guard version.action == "upload" || version.action == "hide" else { continue }
      guard let time = version.uploaded, !version.id.isEmpty,
        page.add(
          version.name, under: prefix,
          { name in
            LockVersion(
              name: name, versionID: version.id, byteCount: max(version.byteCount, 0), time: time,
              isDeletion: version.action == "hide", isCurrent: isCurrent)
          })
      else {
        throw StorageError(
          .permanent, action: action, reason: "the service lists what was not asked for; it can't be trusted")
      }
    }
    return page
  }

  func read(
    _ key: String, versionID: String, byteLimit: Int, action: String
  ) async throws(StorageError) -> [UInt8] {
    try await session.send(action) { _ throws(StorageError) in
      B2Session.Request(
        place: .version(PercentEncoding.encoded(versionID)), method: .get, byteLimit: byteLimit,
        capability: "readFiles")
    }.body
  }

  /// Every bucket keeps versions.
  func requireVersioning(action: String) async throws(StorageError) {}
}

internal import ResticStorage

/// One page of a container's blob versions (List Blobs with `include=versions`, Azure REST reference).
package enum AzureVersionsListing {
  /// `nil` for what is no listing; names outside of `prefix` make it none.
  package static func page(_ body: [UInt8], prefix: String) -> VersionsPage? {
    var page = VersionsPage()
    var (isListing, isSound) = (false, true)
    var members: [String: String] = [:]
    let isXML = XMLReader.forEach(body) { path, text in
      guard path.first == "EnumerationResults" else { return }
      if path.dropFirst() == ["NextMarker"], !text.isEmpty { page.next = VersionPosition(name: text) }
      guard path.dropFirst().starts(with: ["Blobs", "Blob"]), let name = path.last else { return }
      members[name] = text
    } end: { path in
      if path == ["EnumerationResults"] { isListing = true }
      guard path == ["EnumerationResults", "Blobs", "Blob"] else { return }
      isSound = add(members, to: &page, under: prefix) && isSound
      members = [:]
    }
    return isXML && isListing && isSound ? page : nil
  }

  private static func add(
    _ blob: [String: String], to page: inout VersionsPage, under prefix: String
  ) -> Bool {
    // Snapshots were asked for by nobody, and what is deleted softly can't be read.
    if blob["Snapshot"]?.isEmpty == false || blob["Deleted"] == "true" { return true }
    guard let key = blob["Name"], let byteCount = blob["Content-Length"].flatMap({ Int64($0) }),
      byteCount >= 0,
      let written = blob["Last-Modified"].flatMap(HTTPDate.parse)
    else { return false }
    let versionID = blob["VersionId"] ?? ""
    return page.add(key, under: prefix) { name in
      LockVersion(
        name: name, versionID: versionID, byteCount: byteCount, time: written, isDeletion: false,
        isCurrent: versionID.isEmpty || blob["IsCurrentVersion"] == "true")
    }
  }
}

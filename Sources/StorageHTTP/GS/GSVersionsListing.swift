internal import ResticStorage

/// One page of a bucket's object versions (Cloud Storage JSON API, Objects: list with `versions`).
package enum GSVersionsListing {
  /// `nil` for what is no listing; names outside of `prefix` make it none.
  package static func page(_ body: [UInt8], prefix: String) -> VersionsPage? {
    var page = VersionsPage()
    var isSound = true
    var cursor = JSONCursor(body)
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "items":
        let isArray = cursor.array { (cursor: inout JSONCursor) in
          isSound = (cursor.members().map { add($0, to: &page, under: prefix) } ?? false) && isSound
        }
        isSound = isArray && isSound
      case "nextPageToken": page.next = cursor.string().map { VersionPosition(name: $0) }
      default: _ = cursor.skip()
      }
    }
    return isObject && isSound && cursor.isAtEnd() ? page : nil
  }

  /// A version that is not the current one is told with the time at which it was deleted or replaced.
  private static func add(_ item: [String: String], to page: inout VersionsPage, under prefix: String) -> Bool
  {
    guard let key = item["name"], let generation = item["generation"],
      let byteCount = item["size"].flatMap({ Int64($0) }), byteCount >= 0,
      let written = item["timeCreated"].flatMap(ISOTime.parse)
    else { return false }
    let deleted = item["timeDeleted"].flatMap(ISOTime.parse)
    let isOwn = page.add(key, under: prefix) { name in
      LockVersion(
        name: name, versionID: generation, byteCount: byteCount, time: written, isDeletion: false,
        isCurrent: deleted == nil)
    }
    guard isOwn, let deleted else { return isOwn }
    return page.add(key, under: prefix) { name in
      LockVersion(
        name: name, versionID: generation, byteCount: 0, time: deleted, isDeletion: true, isCurrent: false)
    }
  }
}

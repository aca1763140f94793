internal import ResticStorage
internal import WallTime

/// One page of a bucket's versions (S3 API, ListObjectVersions).
package enum S3VersionsListing {
  /// `nil` for what is no listing of versions; keys outside of `prefix` make it none.
  package static func page(_ body: [UInt8], prefix: String) -> VersionsPage? {
    var item = Item()
    var items: [Item] = []
    var (isEncoded, isListing, isTruncated) = (false, false, false)
    var (nextKey, nextVersionID) = ("", "")
    let isXML = XMLReader.forEach(body) { path, text in
      guard path.first == "ListVersionsResult" else { return }
      switch path.dropFirst() {
      case ["EncodingType"]: isEncoded = text == "url"
      case ["IsTruncated"]: isTruncated = text == "true"
      case ["NextKeyMarker"]: nextKey = text
      case ["NextVersionIdMarker"]: nextVersionID = text
      default:
        guard path.count > 2, path[1] == "Version" || path[1] == "DeleteMarker" else { return }
        item.take(path.dropFirst(2), text)
      }
    } end: { path in
      switch path {
      case ["ListVersionsResult"]: isListing = true
      case ["ListVersionsResult", "Version"], ["ListVersionsResult", "DeleteMarker"]:
        item.isDeletion = path.last == "DeleteMarker"
        items.append(item)
        item = Item()
      default: break
      }
    }
    guard isXML, isListing else { return nil }
    func decoded(_ text: String) -> String? { isEncoded ? S3Listing.decoded(text) : text }
    var page = VersionsPage()
    for item in items {
      guard let key = decoded(item.key), let version = item.version(),
        page.add(key, under: prefix, version)
      else { return nil }
    }
    if isTruncated {
      guard let name = decoded(nextKey) else { return nil }
      page.next = VersionPosition(name: name, versionID: nextVersionID)
    }
    return page
  }

  private struct Item {
    var key = ""
    var versionID = ""
    var byteCount: Int64?
    var time: UnixTime?
    var isLatest = false
    var isDeletion = false
    var ownerName = ""
    var ownerID = ""

    mutating func take(_ path: ArraySlice<String>, _ text: String) {
      switch path {
      case ["Key"]: key = text
      case ["VersionId"]: versionID = text
      case ["Size"]: byteCount = Int64(text)
      case ["LastModified"]: time = ISOTime.parse(text)
      case ["IsLatest"]: isLatest = text == "true"
      case ["Owner", "DisplayName"]: ownerName = text
      case ["Owner", "ID"]: ownerID = text
      default: break
      }
    }

    /// `nil` where what every version has is missing.
    func version() -> ((_ name: String) -> LockVersion)? {
      guard let time, isDeletion || (byteCount ?? -1) >= 0, !versionID.isEmpty else { return nil }
      let actor = [ownerName, ownerID].first { !$0.isEmpty }
      return { name in
        LockVersion(
          name: name, versionID: versionID, byteCount: isDeletion ? 0 : byteCount ?? 0, time: time,
          isDeletion: isDeletion, isCurrent: isLatest, actor: actor)
      }
    }
  }
}

internal import ResticStorage
internal import WallTime

/// One page of a bucket's versions (S3 API, ListObjectVersions).
struct S3VersionsPage {
  /// Versions and delete markers directly below the prefix, by what follows it.
  private(set) var versions: [LockVersion] = []
  private(set) var isTruncated = false
  private(set) var nextKey: String?
  private(set) var nextVersionID: String?

  /// `nil` for what is no listing of versions; keys outside of `prefix` make it none.
  init?(_ body: [UInt8], prefix: String) {
    var item = Item()
    var items: [Item] = []
    var (isEncoded, isListing) = (false, false)
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
    for item in items {
      guard let key = isEncoded ? S3Listing.decoded(item.key) : item.key,
        key.utf8.starts(with: prefix.utf8), let version = item.version(named: key, below: prefix)
      else { return nil }
      // What lies in a folder below is no lock, and some tools make an empty object in a folder's place.
      if ListedName.isUsable(version.name) { versions.append(version) }
    }
    if isEncoded, let key = nextKey { nextKey = S3Listing.decoded(key) }
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
    func version(named key: String, below prefix: String) -> LockVersion? {
      guard let time, isDeletion || (byteCount ?? -1) >= 0, !versionID.isEmpty else { return nil }
      return LockVersion(
        name: String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self), versionID: versionID,
        byteCount: isDeletion ? 0 : byteCount ?? 0, time: time, isDeletion: isDeletion, isCurrent: isLatest,
        actor: ownerName.isEmpty ? (ownerID.isEmpty ? nil : ownerID) : ownerName)
    }
  }
}

internal import ResticStorage
internal import WallTime

/// One page of a bucket's listing (S3 API, ListObjects and ListObjectsV2).
package struct S3Listing {
  package private(set) var page = BucketPage()
  /// The last key or folder of the page, by which version 1 goes on.
  var lastKey: String?
  var isTruncated = false
  var nextToken: String?
  var nextMarker: String?

  /// A thousand entries of the longest keys, thrice as long for their escapes.
  static let byteLimit = 8 << 20

  /// `nil` for what is no listing; keys outside of `prefix` make it none.
  package init?(_ body: [UInt8], prefix: String) {
    var (key, size, time, folder) = ("", Int64(-1), UnixTime?.none, "")
    var isEncoded = false
    var keys: [(key: String, byteCount: Int64, modified: UnixTime?, isFolder: Bool)] = []
    var (isListing, isSound) = (false, true)
    let isXML = XMLReader.forEach(body) { path, text in
      guard path.first == "ListBucketResult" else { return }
      switch path.dropFirst() {
      case ["Contents", "Key"]: key = text
      case ["Contents", "Size"]: size = Int64(text) ?? -1
      case ["Contents", "LastModified"]: time = ISOTime.parse(text)
      case ["CommonPrefixes", "Prefix"]: folder = text
      case ["EncodingType"]: isEncoded = text == "url"
      case ["IsTruncated"]: isTruncated = text == "true"
      case ["NextContinuationToken"]: nextToken = text
      case ["NextMarker"]: nextMarker = text
      default: break
      }
    } end: { path in
      switch path {
      case ["ListBucketResult"]: isListing = true
      case ["ListBucketResult", "Contents"]:
        isSound = isSound && size >= 0
        keys.append((key, size, time, isFolder: false))
        (key, size, time) = ("", -1, nil)
      case ["ListBucketResult", "CommonPrefixes"]:
        keys.append((folder, 0, nil, isFolder: true))
        folder = ""
      default: break
      }
    }
    guard isXML, isListing, isSound else { return nil }
    for (raw, byteCount, modified, isFolder) in keys {
      guard let key = isEncoded ? Self.decoded(raw) : raw,
        page.add(key, under: prefix, byteCount: byteCount, modified: modified, isFolder: isFolder)
      else { return nil }
      lastKey = key
    }
    if isEncoded, let marker = nextMarker { nextMarker = Self.decoded(marker) }
  }

  /// Percent escapes, and `+` for a space as AWS writes it.
  static func decoded(_ text: String) -> String? {
    PercentEncoding.decoded(text.utf8.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 })
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

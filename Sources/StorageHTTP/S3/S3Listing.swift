internal import ResticStorage
internal import WallTime

/// One page of a bucket's listing (S3 API, ListObjects and ListObjectsV2).
struct S3Listing {
  var entries: [FileEntry] = []
  /// The last key or folder of the page, by which version 1 goes on.
  var lastKey: String?
  var isTruncated = false
  var nextToken: String?
  var nextMarker: String?

  /// A thousand entries of the longest keys, thrice as long for their escapes.
  static let byteLimit = 8 << 20

  /// `nil` for what is no listing; keys outside of `prefix` make it none.
  init?(_ body: [UInt8], prefix: String) {
    var (key, size, time, folder) = ("", Int64(-1), UnixTime?.none, "")
    var isEncoded = false
    var keys: [(key: String, entry: (String) -> FileEntry)] = []
    var (isListing, isSound) = (false, true)
    let isXML = XMLReader.forEach(body) { path, text in
      guard path.first == "ListBucketResult" else { return }
      switch path.dropFirst() {
      case ["Contents", "Key"]: key = text
      case ["Contents", "Size"]: size = Int64(text) ?? -1
      case ["Contents", "LastModified"]: time = S3Time.parse(text)
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
        let (byteCount, modified) = (size, time)
        isSound = isSound && byteCount >= 0
        keys.append((key, { FileEntry(name: $0, byteCount: byteCount, modified: modified) }))
        (key, size, time) = ("", -1, nil)
      case ["ListBucketResult", "CommonPrefixes"]:
        keys.append(
          (folder, { FileEntry(name: $0, byteCount: 0, modified: nil, kind: .directory) }))
        folder = ""
      default: break
      }
    }
    guard isXML, isListing, isSound else { return nil }
    for (raw, entry) in keys {
      guard let key = isEncoded ? Self.decoded(raw) : raw, key.utf8.starts(with: prefix.utf8) else {
        return nil
      }
      lastKey = key
      var name = key.utf8.dropFirst(prefix.utf8.count)[...]
      let isFolder = entry("").kind == .directory
      if isFolder, name.last == UInt8(ascii: "/") { name = name.dropLast() }
      // Some tools make an empty object in a folder's place.
      if name.isEmpty { continue }
      entries.append(entry(String(decoding: name, as: UTF8.self)))
    }
    if isEncoded, let marker = nextMarker { nextMarker = Self.decoded(marker) }
  }

  /// Percent escapes, and `+` for a space as AWS writes it.
  static func decoded(_ text: String) -> String? {
    PercentEncoding.decoded(text.utf8.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 })
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Times in listings: `2026-11-22T19:54:01.000Z`.
enum S3Time {
  static func parse(_ text: String) -> UnixTime? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 32, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>, _ allowed: ClosedRange<Int64>) -> Int64? {
      HTTPDate.number(Substring(decoding: bytes[range], as: UTF8.self), allowed)
    }
    guard let year = number(0..<4, 1970...9999), let month = number(5..<7, 1...12),
      let day = number(8..<10, 1...31), let hour = number(11..<13, 0...23),
      let minute = number(14..<16, 0...59),
      let second = number(17..<19, 0...60)
    else { return nil }
    var nanoseconds: Int32 = 0
    var unit: Int32 = 100_000_000
    for byte in bytes[19...].dropFirst() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), unit > 0 else { break }
      nanoseconds += Int32(byte - UInt8(ascii: "0")) * unit
      unit /= 10
    }
    return UnixTime(
      seconds: HTTPDate.daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second,
      nanoseconds: nanoseconds)
  }
}

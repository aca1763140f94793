internal import ResticStorage
internal import WallTime

/// One page of a bucket's files or file versions (b2_list_file_names, b2_list_file_versions).
package struct B2Listing {
  struct Version {
    var name = ""
    var id = ""
    /// `upload`, `hide`, `start` or `folder`.
    var action = ""
    var byteCount: Int64 = -1
    var uploaded: UnixTime?
  }

  private(set) var versions: [Version] = []
  private(set) var nextName: String?
  private(set) var nextID: String?

  /// A thousand entries of the longest names, with all that is told of each.
  static let byteLimit = 16 << 20
  static let pageEntryCount: Int64 = 1000

  /// `nil` for what is no listing.
  package init?(_ body: [UInt8]) {
    var cursor = JSONCursor(body)
    var (isListing, isSound) = (false, true)
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "files":
        isListing = cursor.array { (cursor: inout JSONCursor) in
          guard let version = Self.version(&cursor), versions.count < 10 * Int(Self.pageEntryCount) else {
            isSound = false
            return
          }
          versions.append(version)
        }
      case "nextFileName": if cursor.isAtString { nextName = cursor.string() } else { _ = cursor.skip() }
      case "nextFileId": if cursor.isAtString { nextID = cursor.string() } else { _ = cursor.skip() }
      default: _ = cursor.skip()
      }
    }
    guard isObject, isListing, isSound, cursor.isAtEnd() else { return nil }
  }

  private static func version(_ cursor: inout JSONCursor) -> Version? {
    var version = Version()
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "fileName": version.name = cursor.string() ?? ""
      case "fileId": if cursor.isAtString { version.id = cursor.string() ?? "" } else { _ = cursor.skip() }
      case "action": version.action = cursor.string() ?? ""
      case "contentLength": version.byteCount = cursor.integer() ?? -1
      case "uploadTimestamp": version.uploaded = cursor.integer().flatMap(B2Time.parse)
      default: _ = cursor.skip()
      }
    }
    let isComplete = !version.name.isEmpty && !version.action.isEmpty
    return isObject && isComplete && (version.action != "upload" || version.byteCount >= 0) ? version : nil
  }
}

/// Times in milliseconds since 1970.
enum B2Time {
  static func parse(_ milliseconds: Int64) -> UnixTime? {
    // Up to the year 9999, as every other time of a file is told.
    guard (0..<253_402_300_800_000).contains(milliseconds) else { return nil }
    return UnixTime(
      seconds: milliseconds / 1000, nanoseconds: Int32(milliseconds % 1000) * 1_000_000)
  }

  static func milliseconds(_ time: UnixTime) -> Int64? {
    guard (0..<253_402_300_800).contains(time.seconds) else { return nil }
    return time.seconds * 1000 + Int64(time.nanoseconds / 1_000_000)
  }
}

internal import ResticStorage
internal import WallTime

/// One page of a bucket's listing (Cloud Storage JSON API, Objects: list).
package enum GSListing {
  /// A thousand entries of the longest names, escaped, and with all that an emulator tells besides.
  static let byteLimit = 16 << 20

  /// `nil` for what is no listing; names outside of `prefix` make it none.
  package static func page(_ body: [UInt8], prefix: String) -> BucketPage? {
    var page = BucketPage()
    var isSound = true
    var cursor = JSONCursor(body)
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "items":
        let isArray = cursor.array { (cursor: inout JSONCursor) in
          guard let object = GSObject(&cursor), let key = object.name else {
            isSound = false
            return
          }
          isSound =
            page.add(key, under: prefix, byteCount: object.byteCount, modified: object.modified) && isSound
        }
        isSound = isArray && isSound
      case "prefixes":
        let isArray = cursor.array { (cursor: inout JSONCursor) in
          guard let key = cursor.string() else {
            isSound = false
            return
          }
          isSound = page.add(key, under: prefix, byteCount: 0, modified: nil, isFolder: true) && isSound
        }
        isSound = isArray && isSound
      case "nextPageToken":
        page.next = cursor.string()
      default: _ = cursor.skip()
      }
    }
    return isObject && isSound && cursor.isAtEnd() ? page : nil
  }
}

/// What the service tells of one object.
struct GSObject {
  var name: String?
  let byteCount: Int64
  let modified: UnixTime?

  /// `nil` where no object with a size stands.
  init?(_ cursor: inout JSONCursor) {
    guard let members = cursor.members(), let size = members["size"].flatMap({ Int64($0) }), size >= 0 else {
      return nil
    }
    name = members["name"]
    byteCount = size
    modified = (members["updated"] ?? members["timeCreated"]).flatMap(ISOTime.parse)
  }
}

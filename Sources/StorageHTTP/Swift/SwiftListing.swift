internal import ResticStorage
internal import WallTime

/// One page of a container's listing (Object Storage API, version 1).
package enum SwiftListing {
  /// Ten thousand entries, which is what servers give at once.
  static let byteLimit = 32 << 20

  /// `nil` for what is no listing; names outside of `prefix`, or not after `position`, make it none.
  ///
  /// Whether there is more nobody says: that the next page is empty ends a listing, as servers differ in what they
  /// give at once.
  package static func page(_ body: [UInt8], prefix: String, after position: String?) -> BucketPage? {
    var page = BucketPage()
    var last = position
    var isSound = true
    var cursor = JSONCursor(body)
    let isArray = cursor.array { (cursor: inout JSONCursor) in
      guard let members = cursor.members() else {
        isSound = false
        return
      }
      let key: String
      if let folder = members["subdir"] {
        key = folder
        isSound = page.add(folder, under: prefix, byteCount: 0, modified: nil, isFolder: true) && isSound
      } else if let name = members["name"], let size = members["bytes"].flatMap({ Int64($0) }), size >= 0 {
        key = name
        // By the world's time, which is not said.
        let modified = members["last_modified"].flatMap { ISOTime.parse("\($0)Z") }
        isSound = page.add(name, under: prefix, byteCount: size, modified: modified) && isSound
      } else {
        isSound = false
        return
      }
      // Servers sort by bytes; anything else would go round in circles.
      if let last, !last.utf8.lexicographicallyPrecedes(key.utf8) { isSound = false }
      last = key
    }
    guard isArray, isSound, cursor.isAtEnd() else { return nil }
    page.next = last == position ? nil : last
    return page
  }
}

/// Times in the field `X-Timestamp`: `1795524998.04893`.
enum SwiftTime {
  static func parse(_ text: String) -> UnixTime? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, whole.utf8.count <= 11, let seconds = Int64(whole), seconds >= 0 else {
      return nil
    }
    var nanoseconds: Int32 = 0
    var unit: Int32 = 100_000_000
    for byte in parts.dropFirst().first?.utf8.prefix(9) ?? "".utf8.prefix(0) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      nanoseconds += Int32(byte - UInt8(ascii: "0")) * unit
      unit /= 10
    }
    return UnixTime(seconds: seconds, nanoseconds: nanoseconds)
  }
}

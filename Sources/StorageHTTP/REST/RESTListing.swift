package import ResticStorage

/// A folder's listing as REST servers give it.
package enum RESTListing {
  /// Version 2: names and sizes.
  case entries([FileEntry])
  /// Version 1: names only.
  case names([String])

  package static let version2 = "application/vnd.x.restic.rest.v2"

  /// More than that many honest entries need: a name of a lock is 64 bytes long.
  static func byteLimit(entries: Int) -> Int { 65_536 + min(max(entries, 0), 1_000_000) * 256 }

  /// Reads a listing of either version, told apart by its type as restic does.
  ///
  /// Names that can't be a file's are left in: who reads by such a name gets `.notFound`. A size that is no number
  /// makes the listing malformed.
  package static func parse(
    _ response: HTTPResponse, limit: Int, action: String
  ) throws(StorageError) -> RESTListing {
    let tooMany = StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
    let malformed = StorageError(
      .permanent, action: action,
      reason: "the answer is no listing; check that a REST server for restic is what the location names")
    var cursor = JSONCursor(response.body)
    // Go writes an empty slice that was never made as null.
    if String(decoding: response.body.prefix(8), as: UTF8.self).trimmingNewlines == "null" {
      return .entries([])
    }
    let type = response.headers["Content-Type"]?.prefix { $0 != ";" && $0 != " " }
    guard type?.lowercased() == version2 else {
      var names: [String] = []
      let isList = try cursor.array { (cursor: inout JSONCursor) throws(StorageError) in
        guard names.count < limit else { throw tooMany }
        guard let name = cursor.string() else { throw malformed }
        names.append(name)
      }
      guard isList, cursor.isAtEnd() else { throw malformed }
      return .names(names)
    }
    var entries: [FileEntry] = []
    let isList = try cursor.array { (cursor: inout JSONCursor) throws(StorageError) in
      guard entries.count < limit else { throw tooMany }
      guard let entry = entry(&cursor) else { throw malformed }
      entries.append(entry)
    }
    guard isList, cursor.isAtEnd() else { throw malformed }
    return .entries(entries)
  }

  private static func entry(_ cursor: inout JSONCursor) -> FileEntry? {
    var name: String?
    var byteCount: Int64?
    let isObject = cursor.object { (key: String, cursor: inout JSONCursor) in
      switch key {
      case "name": name = cursor.string()
      case "size": byteCount = cursor.integer()
      default: _ = cursor.skip()
      }
    }
    guard isObject, let name, let byteCount, byteCount >= 0 else { return nil }
    return FileEntry(name: name, byteCount: byteCount, modified: nil)
  }
}

extension String {
  fileprivate var trimmingNewlines: Substring { prefix { $0 != "\n" && $0 != "\r\n" && $0 != " " } }
}

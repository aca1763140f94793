package import ResticStorage
internal import WallTime

/// One page of a bucket's listing.
package struct BucketPage: Sendable {
  /// Named by what follows the prefix that was asked for.
  package private(set) var entries: [FileEntry] = []
  /// From where the listing goes on; `nil` at its end.
  package var next: String?

  /// Takes an object or, with a slash at its end, a folder; `false` for a key outside of `prefix`.
  mutating func add(
    _ key: String, under prefix: String, byteCount: Int64, modified: UnixTime?, isFolder: Bool = false
  ) -> Bool {
    guard key.utf8.starts(with: prefix.utf8) else { return false }
    var name = key.utf8.dropFirst(prefix.utf8.count)[...]
    if isFolder, name.last == UInt8(ascii: "/") { name = name.dropLast() }
    // Some tools make an empty object in a folder's place.
    if name.isEmpty { return true }
    entries.append(
      FileEntry(
        name: String(decoding: name, as: UTF8.self), byteCount: byteCount, modified: modified,
        kind: isFolder ? .directory : .regular))
    return true
  }
}

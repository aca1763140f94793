internal import ResticStorage

/// The entries of `locks/` within a listing of all that begins with `lock`.
struct BucketLockEntries {
  private var entries = BucketFolderEntries()
  /// Whether the listing alone says what the locks are: no lock of the old layout and nothing foreign is in it.
  private(set) var isTelling = true

  var found: [FileEntry] { entries.found }

  /// `entry` is named by what follows `lock`.
  mutating func add(_ entry: FileEntry) {
    let name = entry.name
    if name.utf8.starts(with: "s/".utf8) {
      entries.add(entry, as: String(decoding: name.utf8.dropFirst(2), as: UTF8.self))
    } else if name.utf8.first == UInt8(ascii: "/") {
      let inside = FileEntry(
        name: String(decoding: name.utf8.dropFirst(), as: UTF8.self), byteCount: 0, modified: nil)
      if RepositoryLayout.isObject(inside) { isTelling = false }
    } else if name != "s" {
      // `lockers/x` beside the repository's own; the folder's own name is no file in it.
      isTelling = false
    }
  }
}

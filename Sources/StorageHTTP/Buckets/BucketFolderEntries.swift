internal import ResticStorage

/// The entries of one folder, out of a listing of what is below it.
struct BucketFolderEntries {
  private(set) var found: [FileEntry] = []
  private var folders: Set<String> = []

  /// `name` is what follows the folder's slash.
  mutating func add(_ entry: FileEntry, as name: String) {
    // Some tools make an empty object in a folder's place.
    if name.isEmpty { return }
    let folder = name.utf8.prefix { $0 != UInt8(ascii: "/") }
    guard folder.count < name.utf8.count || entry.kind == .directory else {
      return found.append(FileEntry(name: name, byteCount: entry.byteCount, modified: entry.modified))
    }
    let shown = String(decoding: folder, as: UTF8.self)
    guard folders.insert(shown).inserted else { return }
    found.append(FileEntry(name: shown, byteCount: 0, modified: nil, kind: .directory))
  }
}

internal import ResticStorage

/// The entries of `locks/` within a listing of all that begins with `lock`.
struct BucketLockEntries {
  private(set) var found: [FileEntry] = []
  /// Whether the listing alone says what the locks are: no lock of the old layout and nothing foreign is in it.
  private(set) var isTelling = true
  private var folders: Set<String> = []

  /// `entry` is named by what follows `lock`.
  mutating func add(_ entry: FileEntry) {
    let parts = entry.name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let folder = parts.first, let name = parts.last.map(String.init) else {
      // The folder's own name is no file in it.
      if entry.name != "s", !entry.name.isEmpty { isTelling = false }
      return
    }
    switch folder {
    case "s":
      // Some tools make an empty object in a folder's place.
      if name.isEmpty { return }
      guard let slash = name.firstIndex(of: "/") else {
        return found.append(
          FileEntry(name: name, byteCount: entry.byteCount, modified: entry.modified, kind: entry.kind))
      }
      let subfolder = String(name[..<slash])
      if folders.insert(subfolder).inserted {
        found.append(FileEntry(name: subfolder, byteCount: 0, modified: nil, kind: .directory))
      }
    case "":
      if RepositoryLayout.isObject(FileEntry(name: name, byteCount: 0, modified: nil)) { isTelling = false }
    default: isTelling = false
    }
  }
}

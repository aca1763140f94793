internal import ResticStorage

/// The entries of one folder, out of a listing of everything below it.
struct FolderEntries {
  private(set) var found: [FileEntry] = []
  private var folders: Set<String> = []

  /// `name` is what follows the folder's slash.
  mutating func add(_ name: String, _ facts: ObjectFacts) {
    if name.isEmpty { return }
    guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      return found.append(FileEntry(name: name, byteCount: facts.byteCount, modified: facts.modified))
    }
    let folder = String(name[..<slash])
    guard folders.insert(folder).inserted else { return }
    found.append(FileEntry(name: folder, byteCount: 0, modified: nil, kind: .directory))
  }
}

/// The entries of `locks/` within a listing of all that begins with `lock`.
struct LocksOfEither {
  private var entries = FolderEntries()
  /// Whether the listing alone says what the locks are: no lock of the old layout and nothing foreign is in it.
  private(set) var isTelling = true

  var found: [FileEntry] { entries.found }

  /// `name` is what follows `lock`.
  mutating func add(_ name: String, _ facts: ObjectFacts) {
    if name.utf8.starts(with: "s/".utf8) {
      entries.add(String(name.dropFirst(2)), facts)
    } else if name.utf8.first == UInt8(ascii: "/") {
      let inside = FileEntry(name: String(name.dropFirst()), byteCount: 0, modified: nil)
      if RepositoryLayout.isObject(inside) { isTelling = false }
    } else if name != "s" {
      // `lockers/x` beside the repository's own; the folder's own name is no file in it.
      isTelling = false
    }
  }
}

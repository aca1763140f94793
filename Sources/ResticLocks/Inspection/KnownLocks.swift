internal import ResticStorage

/// Lock files that were read, by name.
struct KnownLocks: Sendable {
  private var files: [String: LockFile] = [:]

  init() {}

  /// Those of `files` to rely on in a later look: their name is the hash of what was read.
  init(_ files: [LockFile]) {
    self.files.reserveCapacity(files.count)
    for file in files where file.isNamedByContent { self.files[file.name] = file }
  }

  subscript(entry: FileEntry) -> LockFile? { files[entry.name] }

  mutating func remember(_ file: LockFile) { files[file.name] = file }

  func unread(of listing: LockListing) -> [FileEntry] { listing.locks.filter { self[$0] == nil } }

  /// Those that a later listing has as the same kind of file with the same size, with the time that it gives them.
  func relisted(by listing: LockListing) -> KnownLocks {
    KnownLocks(
      listing.locks.compactMap { entry in
        guard let file = self[entry], file.byteCount == entry.byteCount, file.fileKind == entry.kind
        else { return nil }
        return file.modified == entry.modified ? file : file.relisted(modified: entry.modified)
      })
  }
}

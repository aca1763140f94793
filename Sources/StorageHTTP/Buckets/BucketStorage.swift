internal import ResticStorage

/// A repository in a bucket.
///
/// A bucket has no folders: a missing one is an empty one. One listing of all that begins with `lock` shows the locks
/// of both layouts, so that a free repository of either costs no more requests.
struct BucketStorage<Service: BucketService>: Storage {
  let displayName: String
  let service: Service
  let layouts: LayoutFinder
  /// Empty, or ends with a slash.
  let prefix: String

  /// `path` is the repository's within the bucket, without a slash at its end.
  init(displayName: String, service: Service, layouts: LayoutFinder = LayoutFinder(), path: String) {
    self.displayName = displayName
    self.service = service
    self.layouts = layouts
    prefix = path.isEmpty || path == "/" ? path : "\(path)/"
  }

  /// Pages in a row that hold nothing and say there is more.
  private static var emptyPageLimit: Int { 64 }

  var clockOffsetSeconds: Double? { service.clockOffsetSeconds }

  func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    if folder == .locks, layouts.known == nil, let locks = try await locksOfEither(limit: limit) {
      return locks
    }
    return try await layouts.list(folder, limit: limit, by: list)
  }

  /// The layout of a change, found out before it.
  func layout() async throws(StorageError) -> RepositoryLayout { try await layouts.layout(by: list) }

  private func list(_ folderName: String, limit: Int) async throws(StorageError) -> [FileEntry] {
    let action = "cannot list \(folderName)"
    var entries = BucketFolderEntries()
    try await forEachPage("\(prefix)\(folderName)/", isDeep: false, limit: limit, action: action) { page in
      for entry in page { entries.add(entry, as: entry.name) }
      return true
    }
    return entries.found
  }

  /// The entries of `locks/` where that is the right folder by what this listing shows; `nil` where only the keys tell,
  /// or where this wider listing is not allowed.
  private func locksOfEither(limit: Int) async throws(StorageError) -> [FileEntry]? {
    var entries = BucketLockEntries()
    do throws(StorageError) {
      try await forEachPage("\(prefix)lock", isDeep: true, limit: limit, action: "cannot list locks") {
        page in
        for entry in page { entries.add(entry) }
        return entries.isTelling
      }
    } catch {
      guard error.kind == .notAllowed else { throw error }
      return nil
    }
    return entries.isTelling ? entries.found : nil
  }

  /// Gives each page's entries to `body`, until that returns `false`.
  ///
  /// The limit bounds all that is listed, also what is in folders below and counts as one entry in the end.
  private func forEachPage(
    _ prefix: String, isDeep: Bool, limit: Int, action: String, _ body: ([FileEntry]) -> Bool
  ) async throws(StorageError) {
    var position: String?
    var (entryCount, emptyPages) = (0, 0)
    while true {
      try StorageError.checkCancellation(action: action)
      let page = try await service.page(of: prefix, isDeep: isDeep, after: position, action: action)
      guard body(page.entries) else { return }
      entryCount += page.entries.count
      guard entryCount <= limit else {
        throw StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
      }
      guard let next = page.next else { return }
      emptyPages = page.entries.isEmpty ? emptyPages + 1 : 0
      guard !next.isEmpty, next != position, emptyPages < Self.emptyPageLimit else {
        throw StorageError(
          .permanent, action: action, reason: "the service says that the listing goes on, but not where")
      }
      position = next
    }
  }

  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let (key, name, path) = try await place(of: file, verb: "look at")
    let action = "cannot look at \(path)"
    try StorageError.checkCancellation(action: action)
    let (byteCount, modified) = try await service.stat(key, action: action)
    guard byteCount >= 0 else {
      throw StorageError(.permanent, action: action, reason: "the service does not tell its size")
    }
    return FileEntry(name: name, byteCount: byteCount, modified: modified)
  }

  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let (key, _, path) = try await place(of: file, verb: "read")
    let action = "cannot read \(path)"
    try StorageError.checkCancellation(action: action)
    return try await service.read(key, byteLimit: byteLimit, action: action)
  }

  private func place(
    of file: RepositoryFile, verb: String
  ) async throws(StorageError) -> (key: String, name: String, path: String) {
    guard case .entry(let folder, let name) = file else {
      let path = RepositoryLayout.default.path(of: file)
      return (prefix + path, path, path)
    }
    // The listing that showed a lock has settled the layout, unless it is the usual one.
    let layout = folder == .locks ? layouts.known ?? .default : try await layout()
    let path = layout.path(of: file)
    guard ListedName.isUsable(name) else {
      throw StorageError(.notFound, action: "cannot \(verb) \(path)", reason: "no file has such a name")
    }
    return (prefix + path, name, path)
  }
}

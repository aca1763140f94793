internal import ResticStorage

/// A repository in a bucket or container of a service for objects.
///
/// A bucket has no folders: a missing one is an empty one. One listing of all that begins with `lock` shows the locks
/// of both layouts, so that a free repository of either costs no more requests.
struct ObjectStorage<Service: ObjectService>: Storage {
  let displayName: String
  let service: Service
  let layouts: LayoutFinder
  /// Empty, or ends with a slash.
  let prefix: String

  /// `path` is the repository's, without slashes around it.
  init(displayName: String, service: Service, path: String) {
    self.displayName = displayName
    self.service = service
    layouts = LayoutFinder()
    prefix = path.isEmpty ? "" : "\(path)/"
  }

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
    var entries = FolderEntries()
    try await forEachPage("\(prefix)\(folderName)/", limit: limit, action: action) { page in
      for (name, facts) in page { entries.add(name, facts) }
      return true
    }
    return entries.found
  }

  /// The entries of `locks/` where that is the right folder by what this listing shows; `nil` where only the keys tell,
  /// or where this wider listing is not allowed.
  private func locksOfEither(limit: Int) async throws(StorageError) -> [FileEntry]? {
    var entries = LocksOfEither()
    do throws(StorageError) {
      try await forEachPage("\(prefix)lock", limit: limit, action: "cannot list locks") { page in
        for (name, facts) in page { entries.add(name, facts) }
        return entries.isTelling
      }
    } catch {
      guard error.kind == .notAllowed else { throw error }
      return nil
    }
    return entries.isTelling ? entries.found : nil
  }

  /// Gives each page's objects, named by what follows `prefix`, to `body`, until that returns `false`.
  ///
  /// The limit bounds all objects, those in folders below included.
  private func forEachPage(
    _ prefix: String, limit: Int, action: String, _ body: ([(name: String, facts: ObjectFacts)]) -> Bool
  ) async throws(StorageError) {
    var position: String?
    var (objectCount, emptyPageCount) = (0, 0)
    while true {
      try StorageError.checkCancellation(action: action)
      let page = try await service.page(prefix, after: position, action: action)
      var named: [(name: String, facts: ObjectFacts)] = []
      for (key, facts) in page.objects {
        guard key.utf8.starts(with: prefix.utf8) else {
          throw StorageError(
            .permanent, action: action,
            reason: "the service lists what was not asked for; it can't be trusted")
        }
        let name = String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        // Some tools make an empty object in a folder's place.
        if name.isEmpty { continue }
        named.append((name, facts))
      }
      objectCount += named.count
      guard objectCount <= limit else {
        throw StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
      }
      guard body(named), let next = page.next else { return }
      emptyPageCount = page.objects.isEmpty ? emptyPageCount + 1 : 0
      guard next != position, emptyPageCount < emptyPageLimit else {
        throw StorageError(
          .permanent, action: action,
          reason: "the service says that the listing goes on, but gives no more of it")
      }
      position = next
    }
  }

  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let (key, name, path) = try await place(of: file, verb: "look at")
    let action = "cannot look at \(path)"
    try StorageError.checkCancellation(action: action)
    let facts = try await service.facts(of: key, action: action)
    return FileEntry(name: name, byteCount: facts.byteCount, modified: facts.modified)
  }

  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let (key, _, path) = try await place(of: file, verb: "read")
    let action = "cannot read \(path)"
    try StorageError.checkCancellation(action: action)
    return try await service.read(key, byteLimit: byteLimit, action: action)
  }

  /// Where a lock to be changed lies, and how errors name it.
  func place(of lock: LockFileName) async throws(StorageError) -> (key: String, path: String) {
    let path = try await layout().path(of: .entry(folder: .locks, name: lock.text))
    return (prefix + path, path)
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

/// Pages in a row that hold nothing and say there is more.
private let emptyPageLimit = 8

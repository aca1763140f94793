internal import ResticStorage

/// A repository in a bucket of an S3 service.
///
/// A bucket has no folders: a missing one is an empty one. One listing of all that begins with `lock` shows the locks
/// of both layouts, so that a free repository of either costs no more requests.
struct S3Storage: Storage {
  let displayName: String
  let service: S3Service
  let layouts: LayoutFinder
  /// Empty, or ends with a slash.
  let prefix: String
  let usesListVersion1: Bool

  private static let pageEntryCount = 1000
  /// Pages in a row that hold nothing and say there is more.
  private static let emptyPageLimit = 8

  var clockOffsetSeconds: Double? { (service.transport as? SocketTransport)?.clock.offsetSeconds }

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
    var entries: [FileEntry] = []
    try await forEachPage("\(prefix)\(folderName)/", isDeep: false, action: action) {
      page throws(StorageError) in
      entries += page
      guard entries.count <= limit else { throw Self.tooMany(limit, action) }
      return true
    }
    return entries
  }

  /// The entries of `locks/` where that is the right folder by what this listing shows; `nil` where only the keys tell,
  /// or where this wider listing is not allowed.
  private func locksOfEither(limit: Int) async throws(StorageError) -> [FileEntry]? {
    let action = "cannot list locks"
    var entries = BucketLockEntries()
    do throws(StorageError) {
      try await forEachPage("\(prefix)lock", isDeep: true, action: action) { page throws(StorageError) in
        for entry in page { entries.add(entry) }
        guard entries.found.count <= limit else { throw Self.tooMany(limit, action) }
        return entries.isTelling
      }
    } catch {
      guard error.kind == .notAllowed else { throw error }
      return nil
    }
    return entries.isTelling ? entries.found : nil
  }

  private static func tooMany(_ limit: Int, _ action: String) -> StorageError {
    StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
  }

  /// Gives each page's entries to `body`, until that returns `false`.
  private func forEachPage(
    _ prefix: String, isDeep: Bool, action: String, _ body: ([FileEntry]) throws(StorageError) -> Bool
  ) async throws(StorageError) {
    var position: String?
    var emptyPages = 0
    while true {
      let page = try await page(prefix, isDeep: isDeep, after: position, action: action)
      guard try body(page.entries), page.isTruncated else { return }
      emptyPages = page.entries.isEmpty ? emptyPages + 1 : 0
      let next = usesListVersion1 ? page.nextMarker ?? page.lastKey : page.nextToken
      guard let next, !next.isEmpty, next != position, emptyPages < Self.emptyPageLimit else {
        throw StorageError(
          .permanent, action: action,
          reason: "the service says that the listing goes on, but not where; try -o s3.list-objects-v1=true")
      }
      position = next
    }
  }

  func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let (key, name, path) = try await place(of: file, verb: "look at")
    let action = "cannot look at \(path)"
    let response = try await service.send(
      S3Service.Request(method: .head, key: key, permission: "s3:GetObject"), action: action)
    guard let byteCount = response.headers["Content-Length"].flatMap({ Int64($0) }), byteCount >= 0 else {
      throw StorageError(.permanent, action: action, reason: "the service does not tell its size")
    }
    return FileEntry(
      name: name, byteCount: byteCount, modified: response.headers["Last-Modified"].flatMap(HTTPDate.parse))
  }

  func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let (key, _, path) = try await place(of: file, verb: "read")
    return try await service.send(
      S3Service.Request(method: .get, key: key, byteLimit: byteLimit, permission: "s3:GetObject"),
      action: "cannot read \(path)"
    ).body
  }

  private func page(
    _ prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> S3Listing {
    var query = [
      (name: "encoding-type", value: "url"), (name: "max-keys", value: String(Self.pageEntryCount)),
      (name: "prefix", value: prefix),
    ]
    if !isDeep { query.append((name: "delimiter", value: "/")) }
    if !usesListVersion1 { query.append((name: "list-type", value: "2")) }
    if let position {
      query.append((name: usesListVersion1 ? "marker" : "continuation-token", value: position))
    }
    let response = try await service.send(
      S3Service.Request(
        method: .get, query: query, byteLimit: S3Listing.byteLimit, permission: "s3:ListBucket"),
      action: action)
    guard let page = S3Listing(response.body, prefix: prefix) else {
      throw StorageError(
        .permanent, action: action,
        reason: "the answer is no listing; check that an S3 service is what the location names")
    }
    return page
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

internal import ResticStorage

/// A repository in a bucket of an S3 service.
///
/// A bucket has no folders: a missing one is an empty one.
struct S3Storage: Storage {
  let displayName: String
  let service: S3Service
  let layout: RepositoryLayout
  /// Empty, or ends with a slash.
  let prefix: String
  let usesListVersion1: Bool

  private static let pageEntryCount = 1000
  /// Pages in a row that hold nothing and say there is more.
  private static let emptyPageLimit = 8

  var clockOffsetSeconds: Double? { (service.transport as? SocketTransport)?.clock.offsetSeconds }

  func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    let action = "cannot list \(layout.folderName(folder))"
    let folderPrefix = "\(prefix)\(layout.folderName(folder))/"
    var entries: [FileEntry] = []
    var position: String?
    var emptyPages = 0
    while true {
      let page = try await page(folderPrefix, after: position, action: action)
      entries += page.entries
      guard entries.count <= limit else {
        throw StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
      }
      guard page.isTruncated else { return entries }
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
    let (key, name, path) = try place(of: file, verb: "look at")
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
    let (key, _, path) = try place(of: file, verb: "read")
    return try await service.send(
      S3Service.Request(method: .get, key: key, byteLimit: byteLimit, permission: "s3:GetObject"),
      action: "cannot read \(path)"
    ).body
  }

  func key(ofLock name: LockFileName) -> String { "\(prefix)\(layout.folderName(.locks))/\(name.text)" }

  private func page(
    _ folderPrefix: String, after position: String?, action: String
  ) async throws(StorageError) -> S3Listing {
    var query = [
      (name: "delimiter", value: "/"), (name: "encoding-type", value: "url"),
      (name: "max-keys", value: String(Self.pageEntryCount)), (name: "prefix", value: folderPrefix),
    ]
    if !usesListVersion1 { query.append((name: "list-type", value: "2")) }
    if let position {
      query.append((name: usesListVersion1 ? "marker" : "continuation-token", value: position))
    }
    let response = try await service.send(
      S3Service.Request(
        method: .get, query: query, byteLimit: S3Listing.byteLimit, permission: "s3:ListBucket"),
      action: action)
    guard let page = S3Listing(response.body, prefix: folderPrefix) else {
      throw StorageError(
        .permanent, action: action,
        reason: "the answer is no listing; check that an S3 service is what the location names")
    }
    return page
  }

  private func place(
    of file: RepositoryFile, verb: String
  ) throws(StorageError) -> (key: String, name: String, path: String) {
    let path = layout.path(of: file)
    guard case .entry(_, let name) = file else { return (prefix + path, path, path) }
    guard ListedName.isUsable(name) else {
      throw StorageError(.notFound, action: "cannot \(verb) \(path)", reason: "no file has such a name")
    }
    return (prefix + path, name, path)
  }
}

internal import NIOCore
package import ResticStorage
package import WallTime

/// A repository in a folder behind an ssh server's sftp subsystem.
///
/// File times are the server's, in whole seconds. The server tells no clock of its own.
package struct SFTPStorage: Storage {
  package let displayName: String
  let root: String
  let layouts = LayoutFinder()
  let link: SFTPLink

  init(link: SFTPLink, root: String, displayName: String) {
    self.link = link
    self.root = root
    self.displayName = displayName
  }

  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    try await layouts.list(folder, limit: limit, by: list)
  }

  /// The layout of a change, found out before it.
  func layout() async throws(StorageError) -> RepositoryLayout { try await layouts.layout(by: list) }

  private func list(_ folderName: String, limit: Int) async throws(StorageError) -> [FileEntry] {
    let action = "cannot list \(folderName)"
    let session = try await link.session(action: action)
    return try await SFTPListing(session: session, path: path(folderName), action: action).entries(limit)
  }

  /// As a listing describes the file; only `config` is described by what a symbolic link leads to.
  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let (filePath, name, action) = try await place(of: file, verb: "look at")
    let session = try await link.session(action: action)
    return try await entry(name, filePath, followsLinks: file == .config, session, action: action)
  }

  /// The folder's modification time, which each file made or removed in it moves on.
  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? {
    let action = "cannot look at \(folder.rawValue)"
    guard let layout = try? await layout(), let session = try? await link.session(action: action) else {
      return nil
    }
    let name = layout.folderName(folder)
    return try? await entry(name, path(name), followsLinks: true, session, action: action).modified
  }

  /// What is no regular file after following symbolic links throws `.permanent`, and is not opened: a FIFO would keep
  /// the server busy for ever.
  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let (filePath, name, action) = try await place(of: file, verb: "read")
    let session = try await link.session(action: action)
    let entry = try await entry(name, filePath, followsLinks: true, session, action: action)
    switch entry.kind {
    case .regular: break
    case .directory: throw StorageError(.permanent, action: action, reason: "it is a folder, not a file")
    case .symbolicLink, .other:
      throw StorageError(
        .permanent, action: action, reason: "it is a FIFO, socket or device, not a regular file")
    }
    let tooLarge = StorageError(
      .tooLarge, action: action, reason: "it has more than \(byteLimit) bytes")
    guard entry.byteCount <= byteLimit else { throw tooLarge }
    let reading = SFTPReading(session: session, path: filePath, action: action)
    let content = try await reading.content(expected: Int(clamping: entry.byteCount), byteLimit: byteLimit)
    guard let content else { throw tooLarge }
    return content
  }

  /// Where something below the repository's root lies; an empty root is the login folder.
  func path(_ relative: String) -> String {
    if root.isEmpty { return relative }
    return root.hasSuffix("/") ? root + relative : "\(root)/\(relative)"
  }

  private func entry(
    _ name: String, _ path: String, followsLinks: Bool, _ session: SFTPSession, action: String
  ) async throws(StorageError) -> FileEntry {
    let attributes = try await session.attributes(of: path, followsLinks: followsLinks, action: action)
    guard let entry = attributes.entry(named: name) else {
      throw StorageError(
        .permanent, action: action, reason: "the server tells neither what it is nor how large")
    }
    return entry
  }

  private func place(
    of file: RepositoryFile, verb: String
  ) async throws(StorageError) -> (path: String, name: String, action: String) {
    guard case .entry(let folder, let name) = file else {
      let relative = RepositoryLayout.default.path(of: file)
      return (path(relative), relative, "cannot \(verb) \(relative)")
    }
    // The listing that showed a lock has settled the layout, unless it is the usual one.
    let layout = folder == .locks ? layouts.known ?? .default : try await layout()
    let relative = layout.path(of: file)
    let action = "cannot \(verb) \(relative)"
    // What no honest listing gives: it would lead out of the folder.
    guard !name.isEmpty, name != ".", name != "..",
      !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") })
    else { throw StorageError(.notFound, action: action, reason: "no file has such a name") }
    return (path(relative), name, action)
  }
}

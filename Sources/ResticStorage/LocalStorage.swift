#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
package import WallTime

/// A repository in a folder of this machine's file systems.
///
/// Symbolic links are followed where restic follows them: up to and including a file that is read. Nothing
/// is ever written, and neither a FIFO nor a device in a file's place makes a call wait.
package struct LocalStorage: Storage {
  package let path: String
  package let layout: RepositoryLayout

  package init(path: String, layout: RepositoryLayout = .default) {
    self.path = path
    self.layout = layout
  }

  /// A storage with the layout that the repository's key folders show; `.default` where they can't be read.
  package init(detectingLayoutAt path: String) {
    self.init(
      path: path,
      layout: .detect { folderName in
        var holdsKey = false
        try? FolderNames.forEach(in: Self.join(path, folderName)) { _, name in
          holdsKey = RepositoryLayout.isObjectName(String(cString: name))
          return !holdsKey
        }
        return holdsKey
      })
  }

  package var displayName: String { path.isEmpty ? "." : path }

  /// Lists a folder, entries included that vanish meanwhile: they come without size and time, as kind `.other`.
  ///
  /// Left out, as restic leaves them out, the only lock of a repository would be missed whenever it is refreshed at
  /// that moment.
  ///
  /// Names that are not UTF-8 come repaired, for showing; a read by such a name ends with `.notFound`.
  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    let folderName = layout.folderName(folder)
    let folderPath = Self.join(path, folderName)
    let action = "cannot list \(folderPath)"
    try StorageError.checkCancellation(action: action)
    var entries: [FileEntry] = []
    var isOverLimit = false
    do throws(Errno) {
      try FolderNames.forEach(in: folderPath) { descriptor, name throws(Errno) in
        var status = FileStatus()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
          let failure = Errno.current
          guard failure.code == ENOENT else { throw failure }
          isOverLimit = entries.count >= limit
          if !isOverLimit {
            entries.append(
              FileEntry(name: String(cString: name), byteCount: 0, modified: nil, kind: .other))
          }
          return !isOverLimit
        }
        isOverLimit = entries.count >= limit
        if !isOverLimit { entries.append(FileEntry(name: String(cString: name), status)) }
        return !isOverLimit
      }
    } catch {
      // A file in the folder's place is a damaged repository, not one without this folder.
      if error.code == ENOTDIR, (try? Self.status(folderPath, followsLinks: true)) != nil {
        throw StorageError(.permanent, action: action, reason: "it is not a folder")
      }
      throw StorageError(errno: error.code, action: action)
    }
    if isOverLimit {
      throw StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
    }
    return entries
  }

  /// Without a system call for each file.
  package func names(in folder: RepositoryFolder, limit: Int) async -> Set<String>? {
    if Task.isCancelled { return nil }
    var names: Set<String> = []
    do throws(Errno) {
      try FolderNames.forEach(in: Self.join(path, layout.folderName(folder))) { _, name in
        names.insert(String(cString: name))
        return names.count <= limit
      }
    } catch {
      return nil
    }
    return names.count <= limit ? names : nil
  }

  /// As a listing describes the file; only `config` is described by what a symbolic link leads to.
  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let (filePath, name) = try place(of: file, verb: "look at")
    do throws(Errno) {
      return FileEntry(name: name, try Self.status(filePath, followsLinks: file == .config))
    } catch {
      throw StorageError(errno: error.code, action: "cannot look at \(filePath)")
    }
  }

  /// The folder's modification time, which each file made or removed in it moves on.
  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? {
    guard
      let status = try? Self.status(Self.join(path, layout.folderName(folder)), followsLinks: true)
    else { return nil }
    return FileEntry(name: folder.rawValue, status).modified
  }

  /// What is no regular file after following symbolic links throws `.permanent`, naming what it is.
  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let (filePath, name) = try place(of: file, verb: "read")
    let action = "cannot read \(filePath)"
    let outcome: (kind: FileEntry.Kind, content: [UInt8]?)
    do throws(Errno) {
      let descriptor = try FileDescriptor(filePath, for: .content)
      let entry = FileEntry(name: name, try descriptor.status())
      let expected = Int(clamping: entry.byteCount)
      let isAcceptable = entry.kind == .regular && expected <= byteLimit
      outcome = (
        entry.kind,
        isAcceptable ? try descriptor.readToEnd(expected: expected, byteLimit: byteLimit) : nil
      )
    } catch {
      throw StorageError(errno: error.code, action: action)
    }
    if let content = outcome.content { return content }
    switch outcome.kind {
    case .regular:
      throw StorageError(.tooLarge, action: action, reason: "it has more than \(byteLimit) bytes")
    case .directory:
      throw StorageError(.permanent, action: action, reason: "it is a folder, not a file")
    case .symbolicLink, .other:
      throw StorageError(
        .permanent, action: action, reason: "it is a FIFO, socket or device, not a regular file")
    }
  }

  private func place(
    of file: RepositoryFile, verb: String
  ) throws(StorageError) -> (path: String, name: String) {
    let relative = layout.path(of: file)
    let filePath = Self.join(path, relative)
    try StorageError.checkCancellation(action: "cannot \(verb) \(filePath)")
    guard case .entry(_, let name) = file else { return (filePath, relative) }
    // What a listing never gives: it would lead out of the folder, or end early inside the kernel.
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == 0 || $0 == 0x2f })
    else {
      throw StorageError(.notFound, action: "cannot \(verb) \(filePath)", reason: "no file has such a name")
    }
    return (filePath, name)
  }

  private static func status(_ path: String, followsLinks: Bool) throws(Errno) -> FileStatus {
    var status = FileStatus()
    guard fstatat(AT_FDCWD, path, &status, followsLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else {
      throw Errno.current
    }
    return status
  }

  // An empty root is the working directory, as it is to restic.
  static func join(_ root: String, _ relative: String) -> String {
    if root.isEmpty { return relative }
    return root.hasSuffix("/") ? root + relative : "\(root)/\(relative)"
  }
}

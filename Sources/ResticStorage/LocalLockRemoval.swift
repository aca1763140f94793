#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
package import WallTime

/// Removes lock files of a repository in a folder, and puts them back.
///
/// The repository's own path may lead over symbolic links; from there on none is followed.
package struct LocalLockRemoval: LockRemoval {
  let path: String
  let layout: RepositoryLayout

  package init(_ storage: LocalStorage) {
    path = storage.path
    layout = storage.layout
  }

  package func removeLock(_ name: LockFileName) async throws(StorageError) {
    let action = action("remove", name)
    try StorageError.checkCancellation(action: action)
    do throws(Errno) {
      let folder = try FileDescriptor(
        unlinkedFolder: LocalStorage.join(path, layout.folderName(.locks)))
      try check(name, in: folder, action: action)
      try unlink(name.text, in: folder)
    } catch {
      throw Self.error(error, action: action)
    }
  }

  package func restoreLock(
    _ name: LockFileName, content: [UInt8], modified: UnixTime?
  ) async throws(StorageError) {
    let action = action("put back", name)
    try StorageError.checkCancellation(action: action)
    do throws(Errno) {
      let folder = try lockFolder(makingIt: true)
      try LocalFilePlacement(root: path, folder: folder).place(content, as: name.text, modified: modified)
    } catch {
      throw Self.error(error, action: action)
    }
  }

  private func action(_ verb: String, _ name: LockFileName) -> String {
    "cannot \(verb) \(layout.folderName(.locks))/\(name.text)"
  }

  private static func error(_ error: Errno, action: String) -> StorageError {
    switch error.code {
    case Self.notRegular:
      StorageError(.permanent, action: action, reason: "it is not a regular file; remove it by hand")
    case ELOOP:
      StorageError(
        .permanent, action: action,
        reason: "the folder of the locks is a symbolic link, which is not followed for a change")
    case EEXIST: StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
    case EROFS: StorageError(.notAllowed, action: action, reason: "the file system is mounted read-only")
    case EACCES, EPERM:
      StorageError(
        .notAllowed, action: action,
        reason: "\(String(cString: strerror(error.code))): this user may not change the folder of the locks")
    default: StorageError(errno: error.code, action: action)
    }
  }

  /// Never an errno of the system's.
  private static let notRegular: Int32 = -1

  private func check(_ name: LockFileName, in folder: borrowing FileDescriptor, action: String) throws(Errno)
  {
    var status = FileStatus()
    guard fstatat(folder.number, name.text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno.current }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Errno(code: Self.notRegular) }
  }

  /// Servers of Windows files refuse to delete what is marked read-only, so the mark is taken off and, in vain, put back.
  private func unlink(_ name: String, in folder: borrowing FileDescriptor) throws(Errno) {
    if unlinkat(folder.number, name, 0) == 0 { return }
    let refusal = Errno.current
    var status = FileStatus()
    // Where the folder may not be written, the file's mark is not what hinders.
    guard refusal.code == EACCES || refusal.code == EPERM,
      faccessat(folder.number, ".", W_OK, AT_EACCESS) == 0,
      fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IWUSR == 0,
      fchmodat(folder.number, name, (status.st_mode | S_IWUSR) & 0o7777, 0) == 0
    else { throw refusal }
    if unlinkat(folder.number, name, 0) == 0 { return }
    let secondRefusal = Errno.current
    _ = fchmodat(folder.number, name, status.st_mode & 0o7777, 0)
    throw secondRefusal
  }

  private func lockFolder(makingIt: Bool = false) throws(Errno) -> FileDescriptor {
    let root = try FileDescriptor(path.isEmpty ? "." : path, for: .listing)
    let name = layout.folderName(.locks)
    if makingIt, mkdirat(root.number, name, try root.status().st_mode & 0o777) != 0, errno != EEXIST {
      throw Errno.current
    }
    return try FileDescriptor(folder: name, in: root)
  }
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import WallTime

/// Puts a file into a folder in one step: written and synced beside its place, then linked to its name.
struct LocalFilePlacement: ~Copyable {
  /// The repository's folder, whose `config` shows who may read.
  let root: String
  let folder: FileDescriptor

  init(root: String, folder: consuming FileDescriptor) {
    self.root = root
    self.folder = folder
  }

  /// Throws `EEXIST` where the name is taken, and leaves nothing behind when it fails.
  func place(_ content: [UInt8], as name: String, modified: UnixTime?) throws(Errno) {
    // restic's own form of a temporary name, so that even a leftover is known for what it is.
    let temporary = "\(name)-tmp-\(UInt32.random(in: 1...UInt32.max))"
    do throws(Errno) {
      try write(content, to: temporary, modified: modified)
      try link(temporary, to: name)
    } catch {
      _ = unlinkat(folder.number, temporary, 0)
      throw error
    }
    _ = unlinkat(folder.number, temporary, 0)
    // Some file systems can't sync a folder; the file itself is safe.
    _ = fsync(folder.number)
  }

  private func write(_ content: [UInt8], to name: String, modified: UnixTime?) throws(Errno) {
    let descriptor = try FileDescriptor(newFile: name, in: folder)
    try descriptor.writeAll(content)
    if let modified {
      let time = timespec(tv_sec: Int(modified.seconds), tv_nsec: Int(modified.nanoseconds))
      let times = [time, time]
      guard futimens(descriptor.number, times) == 0 else { throw Errno.current }
    }
    try shareAsConfig(descriptor)
    guard fsync(descriptor.number) == 0 else { throw Errno.current }
  }

  /// Whoever reads `config` must be able to read the lock: one that can't be read blocks everybody.
  private func shareAsConfig(_ descriptor: borrowing FileDescriptor) throws(Errno) {
    var config = FileStatus()
    guard stat(root.isEmpty ? "config" : "\(root)/config", &config) == 0 else { throw Errno.current }
    if geteuid() == 0, fchown(descriptor.number, config.st_uid, config.st_gid) != 0 {
      let refusal = Errno.current
      // File servers that take root for nobody: harmless where everybody may read.
      guard config.st_mode & S_IROTH != 0 else { throw refusal }
    }
    // File systems without modes refuse, and give every file the same anyway.
    _ = fchmod(descriptor.number, (config.st_mode & 0o444) | S_IRUSR)
  }

  private func link(_ temporary: String, to name: String) throws(Errno) {
    if linkat(folder.number, temporary, folder.number, name, 0) == 0 { return }
    let refusal = Errno.current
    guard [EPERM, EOPNOTSUPP, ENOTSUP, ENOSYS, EMLINK].contains(refusal.code) else { throw refusal }
    // File systems without links: a name is the hash of its content, so that a file there is this very file.
    var status = FileStatus()
    guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) != 0 else { throw Errno(code: EEXIST) }
    guard errno == ENOENT else { throw Errno.current }
    guard renameat(folder.number, temporary, folder.number, name) == 0 else { throw Errno.current }
  }
}

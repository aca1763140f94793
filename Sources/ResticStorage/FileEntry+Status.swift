#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import WallTime

extension FileEntry {
  init(name: String, _ status: FileStatus) {
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    self.init(
      name: name, byteCount: Int64(status.st_size),
      modified: UnixTime(seconds: Int64(modified.tv_sec), nanoseconds: Int32(clamping: modified.tv_nsec)),
      kind: Kind(mode: status.st_mode))
  }
}

/// `struct stat`, under a name that methods called `stat` don't hide.
typealias FileStatus = stat

extension FileEntry.Kind {
  fileprivate init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .directory
    case S_IFLNK: self = .symbolicLink
    default: self = .other
    }
  }
}

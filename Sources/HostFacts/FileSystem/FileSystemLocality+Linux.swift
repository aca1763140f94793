#if canImport(Glibc)
  internal import CKernel
  internal import Glibc

  extension FileSystemLocality {
    /// Asks for the file system that holds `path`, by the type that statfs(2) gives.
    package static func of(_ path: String) -> FileSystemLocality {
      var facts = statfs()
      while true {
        if statfs(path, &facts) == 0 {
          return FileSystemLocality(linuxType: UInt32(truncatingIfNeeded: facts.f_type))
        }
        if errno != EINTR { return .unknown(reason: String(cString: strerror(errno))) }
      }
    }
  }
#endif

#if canImport(Darwin)
  internal import Darwin

  extension FileSystemLocality {
    /// Asks for the file system that holds `path`, by the flag `MNT_LOCAL` of statfs(2).
    package static func of(_ path: String) -> FileSystemLocality {
      var facts = statfs()
      guard statfs(path, &facts) == 0 else { return .unknown(reason: String(cString: strerror(errno))) }
      let name = withUnsafeBytes(of: facts.f_fstypename) { ByteText.string($0.prefix { $0 != 0 }) }
      // User-space file systems may claim to be local.
      let isLocal = facts.f_flags & UInt32(MNT_LOCAL) != 0 && !name.contains("fuse")
      return isLocal ? .local(name) : .shared(name)
    }
  }
#endif

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The names in a folder, read one after the other.
enum FolderNames {
  /// Calls `body` with the folder's descriptor and each name but `.` and `..`, until it returns false.
  ///
  /// Throws the `errno` of a system call, or what `body` throws.
  static func forEach(
    in path: String,
    _ body: (_ folder: Int32, _ name: UnsafePointer<CChar>) throws(Errno) -> Bool
  ) throws(Errno) {
    let descriptor = try FileDescriptor(path, for: .listing)
    // fdopendir(3) takes the descriptor over, and closedir(3) closes it.
    let owned = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
    guard owned >= 0 else { throw Errno.current }
    guard let stream = fdopendir(owned) else {
      let failure = Errno.current
      close(owned)
      throw failure
    }
    defer { closedir(stream) }

    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        let code = errno
        if code != 0 { throw Errno(code: code) }
        return
      }
      let goesOn = try withUnsafePointer(to: &entry.pointee.d_name) { field throws(Errno) in
        let name = UnsafeRawPointer(field).assumingMemoryBound(to: CChar.self)
        if isSelfOrParent(name) { return true }
        return try body(owned, name)
      }
      guard goesOn else { return }
    }
  }

  private static func isSelfOrParent(_ name: UnsafePointer<CChar>) -> Bool {
    let dot = CChar(bitPattern: UInt8(ascii: "."))
    guard name[0] == dot else { return false }
    return name[1] == 0 || (name[1] == dot && name[2] == 0)
  }
}

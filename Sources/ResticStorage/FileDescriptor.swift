#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A descriptor that is closed when it goes out of scope.
struct FileDescriptor: ~Copyable {
  let number: Int32

  enum Purpose {
    /// A file's bytes. Never waits: not for the writer of a FIFO, nor for a modem's carrier.
    case content
    /// A folder's names. What is no folder fails with `ENOTDIR`.
    case listing
  }

  /// Opens `path`, following symbolic links; throws the `errno`.
  ///
  /// Where the kernel allows it (our own files, or privileges), access times stay as they are, so that looking
  /// at a repository leaves no trace.
  init(_ path: String, for purpose: Purpose) throws(Errno) {
    let flags =
      switch purpose {
      case .content: O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
      case .listing: O_RDONLY | O_CLOEXEC | O_DIRECTORY
      }
    #if canImport(Glibc)
      // O_NOATIME of <fcntl.h>, which hides it without _GNU_SOURCE; open(2) answers EPERM to all but the owner.
      let leavesNoTrace: Int32 = 0o1000000
      let silent = Self.open(path, flags | leavesNoTrace)
      let opened = silent < 0 && errno == EPERM ? Self.open(path, flags) : silent
    #else
      let opened = Self.open(path, flags)
    #endif
    guard opened >= 0 else { throw Errno.current }
    number = opened
  }

  private init(opened: Int32) throws(Errno) {
    guard opened >= 0 else { throw Errno.current }
    number = opened
  }

  /// A folder within another, for changes; a symbolic link in its place fails with `ELOOP`.
  init(folder name: String, in parent: borrowing FileDescriptor) throws(Errno) {
    try self.init(folder: name, at: parent.number)
  }

  /// A folder for changes, whose path may lead over symbolic links; one in its own place fails with `ELOOP`.
  init(unlinkedFolder path: String) throws(Errno) { try self.init(folder: path, at: AT_FDCWD) }

  private init(folder path: String, at parent: CInt) throws(Errno) {
    let number = openat(parent, path, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
    guard number < 0 else {
      try self.init(opened: number)
      return
    }
    let failure = Errno.current
    var status = FileStatus()
    // With O_DIRECTORY, open(2) answers ENOTDIR to a link.
    if failure.code == ENOTDIR, fstatat(parent, path, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_mode & S_IFMT == S_IFLNK
    {
      throw Errno(code: ELOOP)
    }
    throw failure
  }

  /// A file that was not there, for writing, readable by its owner alone.
  init(newFile name: String, in folder: borrowing FileDescriptor) throws(Errno) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    try self.init(opened: openat(folder.number, name, flags, 0o600))
  }

  deinit { _ = close(number) }

  private static func open(_ path: String, _ flags: Int32) -> Int32 {
    while true {
      #if canImport(Glibc)
        let opened = Glibc.open(path, flags)
      #else
        let opened = Darwin.open(path, flags)
      #endif
      if opened >= 0 || errno != EINTR { return opened }
    }
  }

  func status() throws(Errno) -> FileStatus {
    var status = FileStatus()
    guard fstat(number, &status) == 0 else { throw Errno.current }
    return status
  }

  /// Writes all bytes, or throws the `errno`.
  func writeAll(_ bytes: [UInt8]) throws(Errno) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return write(number, base + written, buffer.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw count < 0 ? Errno.current : Errno(code: EIO) }
      written += count
    }
  }

  /// The bytes from here to the end; `nil` when there are more than `byteLimit` of them.
  ///
  /// `expected` is how many there probably are, and decides only how memory is reserved.
  func readToEnd(expected: Int, byteLimit: Int) throws(Errno) -> [UInt8]? {
    let limit = max(byteLimit, 0)
    var content: [UInt8] = []
    // One byte more than expected, so that the end is usually seen without growing.
    var room = min(max(expected, 0), limit) &+ 1
    while true {
      var failure: Errno?
      var count = 0
      let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
        while count < room {
          let step = read(number, buffer.baseAddress?.advanced(by: count), room - count)
          if step < 0, errno == EINTR { continue }
          if step < 0 { failure = Errno.current }
          if step <= 0 { break }
          count += step
        }
        initialized = count
      }
      if let failure { throw failure }
      if content.isEmpty { content = piece } else { content += piece }
      guard content.count <= limit else { return nil }
      if count < room { return content }
      room = min(64 << 10, limit - content.count + 1)
    }
  }
}

/// A system call's error number.
struct Errno: Error, Equatable {
  let code: Int32
  static var current: Errno { Errno(code: errno) }
}

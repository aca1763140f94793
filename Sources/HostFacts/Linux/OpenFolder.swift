#if canImport(Glibc)
  internal import Glibc

  /// An open folder, and what is read relative to it.
  ///
  /// A process's folder in `/proc` stays with that process: once it is gone every access fails, even when its PID has been
  /// given to another one.
  struct OpenFolder: ~Copyable {
    struct Failure: Error {
      let code: Int32
      /// The process or thread has ended.
      var isGone: Bool { code == ENOENT || code == ESRCH }
      var isNotPermitted: Bool { code == EACCES || code == EPERM }
      var reason: String { String(cString: strerror(code)) }
    }

    private let descriptor: Int32

    init(path: String) throws(Failure) {
      descriptor = try Self.open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    func folder(_ name: String) throws(Failure) -> OpenFolder {
      OpenFolder(descriptor: try Self.open(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    private init(descriptor: Int32) {
      self.descriptor = descriptor
    }

    deinit {
      _ = close(descriptor)
    }

    /// Reads at most `byteLimit` bytes of the file into `buffer`, which grows as needed, and returns their number.
    func read(_ name: String, into buffer: inout [UInt8], byteLimit: Int) throws(Failure) -> Int {
      let file = try Self.open(descriptor, name, O_RDONLY | O_CLOEXEC)
      defer { _ = close(file) }
      if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: min(8192, byteLimit)) }
      var count = 0
      while count < byteLimit {
        if count == buffer.count {
          buffer.append(contentsOf: repeatElement(0, count: min(buffer.count, byteLimit - count)))
        }
        let room = min(buffer.count, byteLimit)
        let got = buffer.withUnsafeMutableBytes { bytes in
          Glibc.read(file, bytes.baseAddress.map { $0 + count }, room - count)
        }
        if got == 0 { break }
        if got > 0 {
          count += got
        } else if errno != EINTR {
          throw Failure(code: errno)
        }
      }
      return count
    }

    /// The whole file, at most `byteLimit` bytes.
    func bytes(_ name: String, byteLimit: Int) throws(Failure) -> ArraySlice<UInt8> {
      var buffer: [UInt8] = []
      let count = try read(name, into: &buffer, byteLimit: byteLimit)
      return buffer.prefix(count)
    }

    func linkTarget(_ name: String) throws(Failure) -> String {
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = readlinkat(descriptor, name, &buffer, buffer.count)
      guard count >= 0 else { throw Failure(code: errno) }
      return ByteText.string(buffer.prefix(count).lazy.map { UInt8(bitPattern: $0) })
    }

    /// The names that are numbers: the processes of `/proc`, the threads of `/proc/PID/task`.
    func numbers() throws(Failure) -> [Int64] {
      let copy = try Self.open(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard let stream = fdopendir(copy) else {
        let code = errno
        _ = close(copy)
        throw Failure(code: code)
      }
      defer { closedir(stream) }
      var found: [Int64] = []
      while true {
        errno = 0
        guard let entry = readdir(stream) else {
          guard errno == 0 else { throw Failure(code: errno) }
          return found
        }
        let number = withUnsafeBytes(of: &entry.pointee.d_name) { Self.number($0) }
        if let number { found.append(number) }
      }
    }

    private static func number(_ name: UnsafeRawBufferPointer) -> Int64? {
      var value: Int64 = 0
      var digitCount = 0
      for byte in name {
        if byte == 0 { break }
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digitCount < 18 else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        digitCount += 1
      }
      return digitCount > 0 ? value : nil
    }

    private static func open(_ folder: Int32, _ name: String, _ flags: Int32) throws(Failure) -> Int32 {
      while true {
        let opened = openat(folder, name, flags)
        if opened >= 0 { return opened }
        if errno != EINTR { throw Failure(code: errno) }
      }
    }
  }
#endif

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
package import ResticInputs

/// A configuration as it lies on disk.
package struct ConfigurationFile: Sendable {
  package let path: String
  package let bytes: [UInt8]
  /// Every user of this machine may read it.
  package let isReadableByAll: Bool
  /// Every user of this machine may write it.
  package let isWritableByAll: Bool

  package init(path: String, bytes: [UInt8], isReadableByAll: Bool = false, isWritableByAll: Bool = false) {
    self.path = path
    self.bytes = bytes
    self.isReadableByAll = isReadableByAll
    self.isWritableByAll = isWritableByAll
  }
}

/// Reads configurations, within bounds and without waiting for a FIFO that nobody fills.
package struct ConfigurationFiles: Sendable {
  private let readWhole: @Sendable (_ path: String) throws(InputError) -> ConfigurationFile?

  package static let system = ConfigurationFiles { path throws(InputError) in try Self.readFromDisk(path) }

  package init(_ readWhole: @escaping @Sendable (_ path: String) throws(InputError) -> ConfigurationFile?) {
    self.readWhole = readWhole
  }

  /// `nil` where there is no such file; throws `.unreadableFile` for one that can't be read or is too large.
  package func read(_ path: String) throws(InputError) -> ConfigurationFile? { try readWhole(path) }

  private static func readFromDisk(_ path: String) throws(InputError) -> ConfigurationFile? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(path, String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    // How people say that there is to be none.
    case S_IFCHR where path == "/dev/null": break
    // A shell's <(command): its writer is there already, so that reading waits for it alone.
    case S_IFIFO: _ = fcntl(descriptor, F_SETFL, 0)
    default: throw unreadable(path, "it is not a file")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= DocumentLimits.byteCount {
      let count = readSome(descriptor, &chunk)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
      if count == 0 {
        return ConfigurationFile(
          path: path, bytes: bytes, isReadableByAll: status.st_mode & S_IROTH != 0,
          isWritableByAll: status.st_mode & S_IWOTH != 0)
      }
      bytes += chunk[..<count]
    }
    throw unreadable(path, "it has more than \(DocumentLimits.byteCount) bytes")
  }

  private static func unreadable(_ path: String, _ reason: String) -> InputError {
    InputError(.unreadableFile, "cannot read \(path): \(reason)")
  }
}

private func readSome(_ descriptor: CInt, _ buffer: inout [UInt8]) -> Int {
  read(descriptor, &buffer, buffer.count)
}

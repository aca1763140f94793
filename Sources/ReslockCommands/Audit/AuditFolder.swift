#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The folder that a report is written into: new or empty, so that no evidence is ever overwritten.
struct AuditFolder {
  let path: String

  init(path: String) throws {
    self.path = path
    guard mkdir(path, 0o700) != 0 else { return }
    guard errno == EEXIST else { throw AuditFileError(action: "make the folder \(path)") }
    guard let names = try? Self.names(path) else { throw AuditFileError(action: "look into \(path)") }
    guard names.isEmpty else {
      throw UsageError(
        description: "\(path) is not empty; name a new folder, so that no evidence is overwritten")
    }
  }

  /// Writes a file that is not there yet, for this user alone.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AuditFileError(action: "make \(file)") }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return systemWrite(descriptor, base + written, buffer.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw AuditFileError(action: "write \(file)") }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw AuditFileError(action: "write \(file)") }
  }

  func remove(_ name: String) { unlink("\(path)/\(name)") }

  private static func names(_ path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw AuditFileError(action: "look into \(path)") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        String(cString: UnsafeRawPointer(field).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// A file of an audit that can't be read or written.
struct AuditFileError: Error, CustomStringConvertible {
  let action: String
  let reason: String

  /// With the reason that the last system call gave.
  init(action: String) { self.init(action: action, reason: String(cString: strerror(errno))) }

  init(action: String, reason: String) {
    self.action = action
    self.reason = reason
  }

  var description: String { "cannot \(action): \(reason)" }

  /// The whole file; more than a gigabyte is refused.
  static func read(_ path: String, byteLimit: Int = 1 << 30) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw AuditFileError(action: "read \(path)") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw AuditFileError(action: "read \(path)") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw AuditFileError(action: "read \(path)", reason: "it is not a regular file")
    }
    guard status.st_size <= byteLimit else {
      throw AuditFileError(action: "read \(path)", reason: "it has more than \(byteLimit) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return systemRead(descriptor, base + filled, buffer.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw AuditFileError(action: "read \(path)") }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }
}

private func systemRead(_ descriptor: CInt, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The journal's file, open and locked against other runs until it goes out of scope.
struct JournalFile: ~Copyable {
  let path: String
  private let descriptor: CInt

  enum Purpose { case reading, appending }

  /// Opens the file; for appending it is made, with its folders, for this user alone.
  init(_ path: String, for purpose: Purpose) throws(JournalError) {
    let opened = try Self.open(path, for: purpose)
    (self.path, descriptor) = (path, opened)
  }

  private static func open(_ path: String, for purpose: Purpose) throws(JournalError) -> CInt {
    let descriptor = try purpose == .appending ? openForAppending(path) : openForReading(path)
    do throws(JournalError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw JournalError(.notAJournal, "\(path) is not a regular file, and can't be a journal")
      }
      // Waits for another run that is adding its records, which takes no longer than a sync.
      while flock(descriptor, purpose == .appending ? LOCK_EX : LOCK_SH) != 0 {
        guard errno == EINTR else { throw .system(path, "locked", .current) }
      }
    } catch {
      systemClose(descriptor)
      throw error
    }
    return descriptor
  }

  private static func openForReading(_ path: String) throws(JournalError) -> CInt {
    let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(path, "read", .current) }
    return descriptor
  }

  deinit { systemClose(descriptor) }

  private static func openForAppending(_ path: String) throws(JournalError) -> CInt {
    let flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK
    let existing = systemOpen(path, flags)
    if existing >= 0 { return existing }
    guard errno == ENOENT else { throw .system(path, "opened", .current) }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if !folder.isEmpty, !StateFile.makeFolders(folder) { throw .system(path, "made", .current) }
    let made = systemOpen(path, flags | O_CREAT)
    guard made >= 0 else { throw .system(path, "made", .current) }
    return made
  }

  func byteCount() throws(JournalError) -> Int64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path, "read", .current) }
    return Int64(status.st_size)
  }

  /// Up to `count` bytes from `offset` on; fewer only at the end.
  func read(at offset: Int64, count: Int) throws(JournalError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let step = bytes.withUnsafeMutableBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
      }
      if step < 0, errno == EINTR { continue }
      guard step >= 0 else { throw .system(path, "read", .current) }
      if step == 0 { break }
      filled += step
    }
    return Array(bytes.prefix(filled))
  }

  /// Adds bytes and syncs them, or leaves the file as it was.
  func append(_ bytes: [UInt8]) throws(JournalError) {
    let before = try byteCount()
    var written = 0
    while written < bytes.count {
      let step = bytes.withUnsafeBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return write(descriptor, base + written, buffer.count - written)
      }
      if step < 0, errno == EINTR { continue }
      guard step > 0 else { throw undo(to: before, "written") }
      written += step
    }
    guard fsync(descriptor) == 0 else { throw undo(to: before, "synced") }
    if before == 0 { syncFolders() }
  }

  /// A record is no good in a file whose name a crash takes away: that of the file, and of the folder made for it.
  ///
  /// Asked for by the first record, not by the making of the file: whoever made it may have died before this.
  private func syncFolders() {
    var name = path
    for _ in 0..<3 {
      guard let slash = name.lastIndex(of: "/") else {
        name = "."
        Self.sync(name)
        return
      }
      name = String(name[..<slash])
      Self.sync(name.isEmpty ? "/" : name)
    }
  }

  /// Some file systems can't sync a folder; then its names are as safe as they get.
  private static func sync(_ folder: String) {
    let descriptor = systemOpen(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    systemClose(descriptor)
  }

  /// What was half written is taken back; should that fail, the next run seals it.
  private func undo(to byteCount: Int64, _ action: String) -> JournalError {
    let failure = Errno.current
    _ = ftruncate(descriptor, off_t(byteCount))
    return .system(path, action, failure)
  }
}

private func systemOpen(_ path: String, _ flags: CInt) -> CInt { open(path, flags, 0o600) }
private func systemClose(_ descriptor: CInt) { _ = close(descriptor) }

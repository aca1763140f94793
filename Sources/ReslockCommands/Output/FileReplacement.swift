#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file for other programs, which see the old or the new one and never a part.
enum FileReplacement {
  /// Replaces the file, or the one that a symbolic link leads to.
  ///
  /// Everybody may read it, as the program that does seldom runs as this user.
  ///
  /// - Throws: ``OutputError``, also for what is no regular file; what was there before stays.
  static func replace(_ path: String, with text: String) throws(OutputError) {
    try replaceFile(at: try target(of: path), with: text)
  }

  private static func target(of path: String) throws(OutputError) -> String {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return path }
      throw failure(path)
    }
    guard let resolved = realpath(path, nil) else { throw failure(path) }
    defer { free(resolved) }
    // Renaming over a device or a pipe would take it away from everybody who uses it.
    guard stat(resolved, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw OutputError(reason: "\(path) is no regular file")
    }
    return String(cString: resolved)
  }

  private static func replaceFile(at path: String, with text: String) throws(OutputError) {
    // Not `.prom`: node_exporter takes everything with that ending.
    let temporary = "\(path).\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 16)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    guard StandardStreams.writeAll(Array(text.utf8), to: descriptor), fchmod(descriptor, 0o644) == 0,
      fsync(descriptor) == 0
    else {
      let failure = failure(path)
      _ = close(descriptor)
      _ = unlink(temporary)
      throw failure
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let failure = failure(path)
      _ = unlink(temporary)
      throw failure
    }
  }

  private static func failure(_ path: String) -> OutputError {
    OutputError(reason: "\(path): \(String(cString: strerror(errno)))")
  }
}

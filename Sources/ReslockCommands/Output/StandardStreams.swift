#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The answer goes to standard output, everything else to standard error.
enum StandardStreams {
  static func writeAnswer(_ text: String) throws(OutputError) { try writeAnswer(Array(text.utf8)) }

  /// Writes all bytes, or says why the answer is not whole.
  static func writeAnswer(_ bytes: [UInt8]) throws(OutputError) {
    guard writeAll(bytes, to: STDOUT_FILENO) else {
      throw OutputError(reason: String(cString: strerror(errno)))
    }
  }

  /// Tells something beside the answer; nobody is left to tell when this fails.
  static func tell(_ line: String) { _ = writeAll(Array((line + "\n").utf8), to: STDERR_FILENO) }

  /// Shows something that a later line will cover.
  static func show(_ text: String) { _ = writeAll(Array(text.utf8), to: STDERR_FILENO) }

  static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return write(descriptor, base + written, buffer.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }
}

/// The answer could not be written whole.
struct OutputError: Error, CustomStringConvertible {
  let reason: String
  var description: String { "the answer could not be written: \(reason)" }
}

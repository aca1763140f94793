#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A system call's error number.
struct SystemError: Error, Equatable, CustomStringConvertible {
  let code: Int32
  static var current: SystemError { SystemError(code: errno) }
  var description: String { String(cString: strerror(code)) }
}

extension Int32 {
  /// Reads this descriptor until its end or until `buffer` is full; the number of bytes read.
  func readToEnd(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    var count = 0
    while count < buffer.count {
      let step = try readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if step == 0 { break }
      count += step
    }
    return count
  }

  /// One `read` of this descriptor, begun again when a signal interrupts it; 0 is the end.
  func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
      let step = read(self, buffer.baseAddress, buffer.count)
      if step >= 0 { return step }
      if errno != EINTR { throw SystemError.current }
    }
  }

  /// Writes text to this descriptor; what can't be written is lost, as nothing better could be done with it.
  func write(text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let step = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(self, buffer.baseAddress, buffer.count)
        #else
          Darwin.write(self, buffer.baseAddress, buffer.count)
        #endif
      }
      if step < 0, errno == EINTR { continue }
      if step <= 0 { return }
      bytes = bytes.dropFirst(step)
    }
  }
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A system call's error number.
struct Errno: Error, Equatable, CustomStringConvertible {
  let code: Int32
  static var current: Errno { Errno(code: errno) }
  var description: String { String(cString: strerror(code)) }
}

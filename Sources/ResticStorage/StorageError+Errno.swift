#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension StorageError {
  /// The error of a system call, sorted by what the caller can do about it.
  init(errno code: Int32, action: String) {
    self.init(Self.kind(ofErrno: code), action: action, reason: String(cString: strerror(code)))
  }

  static func kind(ofErrno code: Int32) -> Class {
    switch code {
    case ENOENT, ENOTDIR: .notFound
    case EACCES, EPERM: .notAllowed
    // A disk or server that may come back, or a limit that other work of this machine is pressing on.
    case EIO, ESTALE, EAGAIN, EINTR, EBUSY, EMFILE, ENFILE, ENOMEM, ENOBUFS, ETIMEDOUT,
      EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ECONNRESET, ECONNREFUSED, ENOTCONN:
      .transient
    default: .permanent
    }
  }
}

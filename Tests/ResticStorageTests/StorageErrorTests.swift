import Testing

@testable import ResticStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct StorageErrorTests {
  @Test(
    "system calls' errors are sorted by what the caller can do",
    arguments: [
      (ENOENT, StorageError.Class.notFound), (ENOTDIR, .notFound),
      (EACCES, .notAllowed), (EPERM, .notAllowed),
      (EIO, .transient), (ESTALE, .transient), (EMFILE, .transient), (ENFILE, .transient),
      (ETIMEDOUT, .transient), (EHOSTDOWN, .transient), (ENOMEM, .transient),
      (ELOOP, .permanent), (ENAMETOOLONG, .permanent), (EISDIR, .permanent), (ENXIO, .permanent),
    ])
  func kinds(_ code: Int32, _ kind: StorageError.Class) {
    #expect(StorageError.kind(ofErrno: code) == kind)
  }

  @Test("an error says what was done, on which object, and why it failed")
  func text() {
    let error = StorageError(errno: EACCES, action: "cannot read locks/8a3c")
    #expect(error.description == "cannot read locks/8a3c: Permission denied")
  }
}

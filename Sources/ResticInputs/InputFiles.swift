#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
package import ResticCrypto

/// Reads the files that inputs name.
///
/// FIFOs are read too: shells make them of `<(command)`.
package struct InputFiles: Sendable {
  /// More than any password, key or location needs.
  package static let byteLimit = 1 << 20

  private let readWhole: @Sendable (_ path: String) throws(InputError) -> SecretBytes

  package static let system = InputFiles { path throws(InputError) in try Self.readFromDisk(path) }

  /// Files read by `readWhole`, which throws `.unreadableFile`.
  package init(_ readWhole: @escaping @Sendable (_ path: String) throws(InputError) -> SecretBytes) {
    self.readWhole = readWhole
  }

  /// The bytes of a file as they are; `.unreadableFile` also for one of more than `byteLimit` bytes.
  ///
  /// `purpose` says in errors what the file is for.
  package func read(_ path: String, purpose: String? = nil) throws(InputError) -> SecretBytes {
    do throws(InputError) {
      return try readWhole(path)
    } catch {
      guard let purpose else { throw error }
      throw InputError(error.kind, "\(purpose): \(error.message)", hint: error.hint)
    }
  }

  private static func readFromDisk(_ path: String) throws(InputError) -> SecretBytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    var count = 0
    let whole = try SecretBytes(byteCount: Self.byteLimit + 1) { buffer throws(InputError) in
      do throws(SystemError) {
        count = try descriptor.readToEnd(into: buffer)
      } catch {
        throw unreadable(path, error.code)
      }
    }
    guard count <= Self.byteLimit else {
      throw InputError(.unreadableFile, "cannot read \(path): it has more than \(Self.byteLimit) bytes")
    }
    return whole.part(0..<count)
  }

  private static func unreadable(_ path: String, _ code: Int32) -> InputError {
    InputError(.unreadableFile, "cannot read \(path): \(SystemError(code: code))")
  }
}

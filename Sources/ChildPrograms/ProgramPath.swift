#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where programs are.
package enum ProgramPath {
  /// The name itself when it has a slash, else the first executable of that name in the folders of PATH.
  ///
  /// Folders that are not absolute are passed over, as Go refuses what it finds in them.
  package static func find(_ name: String, path: String) -> String? {
    let candidates =
      name.utf8.contains(UInt8(ascii: "/"))
      ? [name]
      : path.split(separator: ":").filter { $0.utf8.first == UInt8(ascii: "/") }.map { "\($0)/\(name)" }
    return candidates.first { candidate in
      var status = stat()
      return stat(candidate, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        && access(candidate, X_OK) == 0
    }
  }
}

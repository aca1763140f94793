package import ResticInputs

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Which programs are restic.
package enum ResticProgram {
  /// By the name it is called by: `restic`, `/usr/bin/restic`, `restic-0.18.0`, `restic_0.19.1_linux_amd64`, or what
  /// RESLOCK_RESTIC names.
  package static func isRestic(_ name: String, environment: Environment) -> Bool {
    if let configured = environment["RESLOCK_RESTIC"], configured == name { return true }
    let base = baseName(name)
    guard base.hasPrefix("restic") else { return false }
    let rest = base.dropFirst("restic".count)
    guard let mark = rest.first else { return true }
    return "-_.".contains(mark) && rest.dropFirst().first?.isNumber == true
  }

  static func baseName(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? path
  }

  /// Whether that path leads to this very program.
  static func isOurselves(_ path: String) -> Bool {
    var ours = stat()
    var theirs = stat()
    #if os(Linux)
      guard stat("/proc/self/exe", &ours) == 0 else { return false }
    #else
      guard let own = CommandLine.arguments.first, stat(own, &ours) == 0 else { return false }
    #endif
    guard stat(path, &theirs) == 0 else { return false }
    return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino
  }
}

/// Why there is no forecast for what was asked.
package enum ResticOperationError: Error, Hashable, CustomStringConvertible {
  /// `near` holds the names that come close, and where none does, all of them.
  case unknown(name: String, near: [String])
  case notInVersion(name: String, version: ResticVersion, since: ResticVersion?)
  /// restic ends with a usage error, whatever locks there are.
  case refusesNoLock(name: String, version: ResticVersion)

  package var description: String {
    switch self {
    case .unknown(let name, let near):
      return "\"\(name)\" is no operation of restic; known: \(near.joined(separator: ", "))"
    case .notInVersion(let name, let version, let since?):
      return "restic \(version) has no \"\(name)\"; it came with \(since)"
    case .notInVersion(let name, let version, nil):
      return "restic \(version) has no \"\(name)\""
    case .refusesNoLock(let name, let version):
      return "restic \(version) refuses \"\(name)\": --no-lock goes only with --dry-run here"
    }
  }
}

internal import ResticCrypto
internal import ResticFormat

/// Where a bundle keeps the bytes of a lock file: `FOLDER/STEM`, and `FOLDER/STEM-2`, `-3` … for other contents of one name.
struct MemberName: Hashable {
  let folder: String
  /// The name of the lock; of any other file the SHA-256 of its name, as names from a repository could be paths.
  let stem: String
  /// 1 for the first content of the name in the report's order.
  var number = 1

  var text: String { number == 1 ? "\(folder)/\(stem)" : "\(folder)/\(stem)-\(number)" }

  /// The folders whose files are locks, or are called so.
  static let lockFolders: Set<String> = ["locks", "removed", "versions"]

  /// Of the first content.
  init(of lock: AuditedLock) {
    folder = Self.folder(source: lock.origin.name, isLock: lock.id != nil)
    stem = Self.stem(lock.name)
  }

  /// Reads the name of a file in a bundle; `nil` for files that are not of locks.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, Self.lockFolders.contains(String(parts[0])) else { return nil }
    let pieces = parts[1].split(separator: "-", omittingEmptySubsequences: false)
    guard let stem = pieces.first.map(String.init), ObjectID(hex: stem) != nil, pieces.count <= 2 else {
      return nil
    }
    folder = String(parts[0])
    self.stem = stem
    guard pieces.count == 2 else { return }
    guard let number = Int(pieces[1]), number > 1 else { return nil }
    self.number = number
  }

  /// - Parameters:
  ///   - source: where a report knows the file from.
  ///   - isLock: whether its name is that of a lock.
  /// - Returns: the folder's name.
  static func folder(source: String, isLock: Bool) -> String {
    switch source {
    case AuditedLock.Origin.version("").name: "versions"
    case AuditedLock.Origin.journal(sequence: 0).name: "removed"
    case AuditedLock.Origin.earlier.name: "earlier"
    default: isLock ? "locks" : "strays"
    }
  }

  static func stem(_ name: String) -> String {
    ObjectID(hex: name) == nil ? SHA256.hex(Array(name.utf8)) : name
  }
}

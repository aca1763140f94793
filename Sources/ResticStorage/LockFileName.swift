/// The name of a file in `locks/` that reslock may remove or put back; no other name reaches a deletion.
package struct LockFileName: Hashable, Sendable {
  package enum Form: Sendable {
    /// 64 lower-case hexadecimal digits: a lock.
    case lock
    /// What an interrupted upload of a lock leaves behind.
    case temporary
  }

  package let text: String
  package let form: Form

  /// `nil` for every name but a lock's and those of restic's and rest-server's temporary files.
  ///
  /// - Local: `ID-tmp-DIGITS`; sftp: `ID-restic-temp-` and 32 hexadecimal digits; rest-server:
  ///   `ID.rest-server-temp` and letters or digits.
  package init?(_ text: String) {
    let id = text.utf8.prefix(64)
    guard let id = String(id), RepositoryLayout.isObjectName(id) else { return nil }
    self.text = text
    let suffix = text.dropFirstByte(64)
    if suffix.isEmpty {
      form = .lock
    } else {
      guard Self.temporaryMarks.contains(where: { Self.isTemporary(suffix, mark: $0) }) else { return nil }
      form = .temporary
    }
  }

  private static let temporaryMarks = ["-tmp-", "-restic-temp-", ".rest-server-temp"]

  private static func isTemporary(_ suffix: Substring, mark: String) -> Bool {
    guard suffix.begins(with: mark) else { return false }
    let rest = suffix.dropFirstByte(mark.utf8.count).utf8
    return rest.count <= 64
      && rest.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
  }
}

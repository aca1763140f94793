package import ResticFormat
package import ResticStorage
package import WallTime

/// One file in `locks/`: what the storage tells of it, and the lock in it or the defect that prevents one.
///
/// A class, so that thousands are sorted and handed on without copying them.
package final class LockFile: Sendable {
  package let name: String
  /// `nil` for stray names.
  package let id: ObjectID?
  package let byteCount: Int64
  /// The storage's modification time; `nil` where it tells none.
  package let modified: UnixTime?
  /// Links are read through, as restic does, and left where they are.
  package let fileKind: FileEntry.Kind
  /// `nil` where a defect hides it, and where the file was not opened.
  package let record: LockRecord?
  /// Beside a record only where its content is sound under a name that is not its hash.
  package let defect: LockDefect?
  /// Tells contents under one name apart; empty where the name is the hash of the content.
  package let contentMark: String
  /// The bytes that were read, if they are few and the name is their hash; `nil` where they must be read again.
  package let content: [UInt8]?
  /// The holder's name and the kind of lock; `nil` where there is no record.
  package let lineageKey: LineageKey?

  package init(
    name: String, id: ObjectID?, byteCount: Int64, modified: UnixTime?,
    fileKind: FileEntry.Kind = .regular, record: LockRecord? = nil, defect: LockDefect? = nil,
    contentMark: String = "", content: [UInt8]? = nil
  ) {
    self.name = name
    self.id = id
    self.byteCount = byteCount
    self.modified = modified
    self.fileKind = fileKind
    self.record = record
    self.defect = defect
    self.contentMark = contentMark
    self.content = content
    lineageKey = record.map(LineageKey.init)
  }

  package var isRegularFile: Bool { fileKind == .regular }

  /// Neither a record nor a defect: the file was listed and not opened.
  package var isUnopened: Bool { record == nil && defect == nil }

  /// Whether the name is the hash of content that was read, so that it stands for that content for ever.
  var isNamedByContent: Bool { id != nil && contentMark.isEmpty && !isUnopened }

  /// The same file as a later listing has it.
  func relisted(modified: UnixTime?) -> LockFile {
    LockFile(
      name: name, id: id, byteCount: byteCount, modified: modified, fileKind: fileKind, record: record,
      defect: defect, contentMark: contentMark, content: content)
  }

  /// The name and content that a sighting is about, in characters that need no quoting anywhere.
  package var sightingKey: String {
    let plainName = id == nil ? Self.percentEncoded(name) : name
    return contentMark.isEmpty ? plainName : "\(plainName)#\(contentMark)"
  }

  /// The part of a sighting key that two contents under one name share.
  static func name(ofSightingKey key: String) -> String {
    key.utf8.firstIndex(of: UInt8(ascii: "#")).map { String(key[..<$0]) } ?? key
  }

  private static func percentEncoded(_ name: String) -> String {
    let digits = Array("0123456789abcdef")
    return name.utf8.reduce(into: "") { text, byte in
      let character = Character(UnicodeScalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "._-".contains(character) {
        text.append(character)
      } else {
        text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }

  /// What this file is to restic's conflict check.
  package var obstacle: LockObstacle {
    guard let id else { return .notALock }
    if let defect { return defect.kind == .empty ? .empty(id) : .unusable(id) }
    // A lock that was not opened blocks, but which operations is not known: see `Inspection.isComplete`.
    return .readable(id, exclusive: record?.isExclusive ?? true)
  }

  /// The files oldest first, then by name.
  package static func oldestFirst(_ files: [LockFile]) -> [LockFile] {
    files.sorted(by: isOlder)
  }

  /// Oldest first by the lock's time, or the file's where there is none; then by name.
  package static func isOlder(_ left: LockFile, _ right: LockFile) -> Bool {
    let (leftTime, rightTime) = (left.orderingTime, right.orderingTime)
    return leftTime == rightTime ? left.name < right.name : leftTime < rightTime
  }

  private var orderingTime: UnixTime { record?.time.instant ?? modified ?? UnixTime(seconds: .max) }
}

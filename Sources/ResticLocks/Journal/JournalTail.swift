internal import ResticCrypto

/// Where a journal ends: its last sound line, and what an interrupted run left behind it.
struct JournalTail {
  /// `nil` in a journal that has no line yet.
  let last: JournalLine?
  /// Bytes behind the last sound line; empty as a rule.
  let torn: [UInt8]
  /// The last line is whole but for its line feed.
  let lacksLineFeed: Bool

  private static let chunkByteCount = 1 << 20
  /// The longest line has a lock of 1 MiB in base64 and its evidence; a batch of records may tear in its middle.
  private static let searchByteCount: Int64 = 64 << 20

  /// Reads backwards until a line is sound.
  init(of file: borrowing JournalFile) throws(JournalError) {
    let byteCount = try file.byteCount()
    var start = byteCount
    var bytes: [UInt8] = []
    while start > 0, byteCount - start < Self.searchByteCount {
      let step = min(Int64(Self.chunkByteCount), start)
      start -= step
      bytes = try file.read(at: start, count: Int(step)) + bytes
      if let found = Self.lastSoundLine(in: bytes, isWhole: start == 0) {
        // An interruption right before the line feed leaves a whole line, whose deletion may have followed.
        let unended = JournalLine(checking: found.torn)
        (last, torn) = (unended ?? found.last, unended == nil ? found.torn : [])
        lacksLineFeed = unended != nil
        return
      }
    }
    guard start == 0 else { throw Self.notAJournal(file.path) }
    // Nothing is sound: a first run was interrupted in its first line, or this is somebody else's file.
    guard bytes.isEmpty || Self.mayBegin(with: bytes) else {
      throw Self.notAJournal(file.path)
    }
    let unended = JournalLine(checking: bytes)
    (last, torn, lacksLineFeed) = (unended, unended == nil ? bytes : [], unended != nil)
  }

  /// A crash may tear a first line anywhere, or leave NULs where it was written and not yet stored; a seal follows in a
  /// line of its own.
  static func mayBegin(with bytes: [UInt8]) -> Bool {
    let start = Array(#"{"sequence":"#.utf8)
    let content = bytes.drop { $0 == 0 }
    let isStored = content.count == bytes.count
    let lines = content.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = lines.first, !content.isEmpty else { return true }
    guard isStored ? !first.isEmpty && first.starts(with: start.prefix(first.count)) : first.isEmpty else {
      return false
    }
    // What was torn within this is no sign yet.
    guard first.count < start.count, lines.count > 1 else { return true }
    return lines[1].starts(with: start.prefix(lines[1].count))
  }

  static func notAJournal(_ path: String) -> JournalError {
    JournalError(
      .notAJournal, "\(path) does not end as a journal of reslock does, and is left as it is",
      hint: "look at it with `reslock journal verify`, or name another with --journal")
  }

  private static func lastSoundLine(
    in bytes: [UInt8], isWhole: Bool
  ) -> (last: JournalLine?, torn: [UInt8])? {
    var end = bytes.count
    while let lineFeed = bytes[..<end].lastIndex(of: UInt8(ascii: "\n")) {
      let start = bytes[..<lineFeed].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
      guard let start = start ?? (isWhole ? 0 : nil) else { return nil }
      if let line = JournalLine(checking: Array(bytes[start..<lineFeed])) {
        return (line, Array(bytes[(lineFeed + 1)...]))
      }
      end = lineFeed
    }
    return nil
  }
}

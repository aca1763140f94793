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

  /// A crash may leave NULs where a first line was written and not yet stored; a seal follows them in a line of its own.
  static func mayBegin(with bytes: [UInt8]) -> Bool {
    let content = bytes.drop { $0 == 0 }
    let start = Array((content.count < bytes.count ? "\n" : "").utf8) + Array(#"{"sequence":"#.utf8)
    return content.starts(with: start.prefix(content.count))
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

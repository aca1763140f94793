internal import ResticCrypto
package import WallTime

/// The append-only record of every removal, with the removed bytes in it: JSON lines, each chained to the one before.
///
/// It guards against accident and doubt, not against its owner. Runs at the same time share it: each takes the file's
/// lock while it adds.
package struct Journal: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Adds records in one step and syncs them: all are there afterwards, or none.
  ///
  /// What an interrupted run left at the end is sealed first: it stays, behind a record that says so.
  ///
  /// - Parameters:
  ///   - records: JSON objects as text, each with at least one member.
  ///   - now: the time for a seal.
  /// - Returns: the hash of the last line, which `reslock journal verify --head` takes.
  /// - Throws: ``JournalError``; nothing was added then.
  @discardableResult
  package func append(_ records: [[UInt8]], now: UnixTime) throws(JournalError) -> JournalHead {
    let file = try JournalFile(path, for: .appending)
    let tail = try JournalTail(of: file)
    var head = JournalHead(
      sequence: tail.last?.sequence ?? 0, hash: tail.last?.hash ?? JournalLine.firstPrevious)
    var text: [UInt8] = []
    func add(_ record: [UInt8]) {
      let line = JournalLine(record: record, sequence: head.sequence + 1, previous: head.hash)
      text += line.bytes
      text.append(UInt8(ascii: "\n"))
      head = JournalHead(sequence: line.sequence, hash: line.hash)
    }
    if tail.lacksLineFeed { text.append(UInt8(ascii: "\n")) }
    if !tail.torn.isEmpty {
      if tail.torn.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
      add(JournalSeal.record(torn: tail.torn, now: now))
    }
    text.reserveCapacity(records.reduce(text.count) { $0 + $1.count + 256 })
    for record in records { add(record) }
    try file.append(text)
    return head
  }
}

/// The last line of a journal, by which a later cut at its end is found.
package struct JournalHead: Hashable, Sendable {
  package let sequence: Int64
  package let hash: String
}

/// The record behind what an interrupted run left.
enum JournalSeal {
  static func record(torn: [UInt8], now: UnixTime) -> [UInt8] {
    let content = contentOf(torn)
    let value = JSONValue.object([
      ("type", .string("interruption")), ("time", .string(now.rfc3339)),
      ("torn_bytes", .integer(Int64(content.count))), ("torn_sha256", .string(SHA256.hex(content))),
      // An interrupted write ends in the middle of a line: a whole line that is not sound was changed.
      ("torn_line_ended", .bool(content.count < torn.count)),
    ])
    return Array(value.text.utf8)
  }

  /// Without the line feed that may or may not have been written.
  static func contentOf(_ torn: [UInt8]) -> [UInt8] {
    torn.last == UInt8(ascii: "\n") ? torn.dropLast() : torn
  }
}

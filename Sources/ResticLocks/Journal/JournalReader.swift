internal import ResticCrypto
internal import ResticFormat
package import WallTime

/// Reads a journal from its beginning and checks the chain on the way.
package struct JournalReader: Sendable {
  package enum Item: Sendable {
    case line(JournalLine)
    /// What an interrupted run left: sealed by a later one, or still at the end.
    case interrupted(byteCount: Int, isSealed: Bool)
    case broken(JournalBreak)
  }

  let path: String
  private static let chunkByteCount = 4 << 20
  private static let lineByteLimit = 64 << 20

  package init(_ journal: Journal) { path = journal.path }

  /// Hands every line to `body` in order; a journal that is not there has none.
  ///
  /// - Parameters:
  ///   - earliest: lines that lie before the last one older than this may be left out, as long as they are many.
  ///   - body: told each line and each fault.
  /// - Throws: ``JournalError`` where it can't be read or is none.
  package func forEach(since earliest: UnixTime? = nil, _ body: (Item) -> Void) throws(JournalError) {
    guard Journal(path: path).exists else { return }
    let file = try JournalFile(path, for: .reading)
    let byteCount = try file.byteCount()
    let first = try earliest.map { time throws(JournalError) in try Self.start(in: file, since: time) } ?? 0
    var chain = JournalChain(startsAtFirstLine: first == 0)
    var offset = first
    var rest: [UInt8] = []
    while offset < byteCount {
      let piece = try file.read(at: offset, count: Int(min(Int64(Self.chunkByteCount), byteCount - offset)))
      guard !piece.isEmpty else { break }
      if offset == 0, !JournalTail.mayBegin(with: piece) { throw JournalTail.notAJournal(path) }
      offset += Int64(piece.count)
      rest += piece
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        chain.add(Array(rest[start..<end]), body)
        start = end + 1
      }
      rest.removeFirst(start)
      guard rest.count <= Self.lineByteLimit else {
        throw JournalError(
          .notAJournal, "\(path) has a line of more than \(Self.lineByteLimit) bytes: it is no journal")
      }
    }
    if JournalLine(checking: rest) != nil {
      chain.add(rest, body)
      rest = []
    }
    chain.finish(unended: rest, body)
  }

  /// Goes back piece by piece until one begins with a line that is older than `time`: the offset of that line.
  private static func start(
    in file: borrowing JournalFile, since time: UnixTime
  ) throws(JournalError) -> Int64 {
    var offset = try file.byteCount()
    while offset > chunkByteCount {
      offset -= Int64(chunkByteCount)
      let piece = try file.read(at: offset, count: chunkByteCount)
      // A line longer than a piece hides where the next one begins: then one more piece back.
      let lines = piece.split(
        separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
      guard lines.count == 3, let line = JournalLine(checking: Array(lines[1])),
        let value = try? JSONValue.parse(line.bytes), let text = value["time"]?.stringValue,
        let written = LockTime(parsing: text)?.instant
      else { continue }
      if written < time { return offset + Int64(lines[1].startIndex - piece.startIndex) }
    }
    return 0
  }
}

/// Where the chain does not hold.
package struct JournalBreak: Sendable, Hashable {
  /// Counted from 1.
  package let lineNumber: Int
  package let problem: String
}

/// Follows the chain from line to line.
private struct JournalChain {
  private var lineNumber = 0
  private var sequence: Int64 = 0
  private var hash = JournalLine.firstPrevious
  /// Lines that are none, until a seal explains them or something else follows.
  private var torn: [UInt8]?
  private var tornLineNumber = 0
  /// What is longer is sealed by nothing.
  private static let tornByteLimit = 64 << 20
  /// The line before the first one that is read is not known.
  private var isUnanchored: Bool

  init(startsAtFirstLine: Bool) { isUnanchored = !startsAtFirstLine }

  mutating func add(_ bytes: [UInt8], _ body: (JournalReader.Item) -> Void) {
    lineNumber += 1
    guard let line = JournalLine(checking: bytes) else {
      if torn == nil {
        (torn, tornLineNumber) = (bytes, lineNumber)
      } else if (torn?.count ?? 0) + bytes.count < Self.tornByteLimit {
        torn?.append(UInt8(ascii: "\n"))
        torn?.append(contentsOf: bytes)
      }
      return
    }
    if isUnanchored {
      (sequence, hash, isUnanchored) = (line.sequence - 1, line.previous, false)
    }
    if let torn {
      let seal = Self.seal(in: line, of: torn)
      // A whole line in it was not torn but changed.
      if let seal, !seal.lineHadEnded, !torn.contains(UInt8(ascii: "\n")) {
        body(.interrupted(byteCount: torn.count, isSealed: true))
      } else {
        body(.broken(JournalBreak(lineNumber: tornLineNumber, problem: Self.changedLine)))
      }
      // Behind a changed line the chain goes on from that line's own number and hash.
      if seal == nil { (sequence, hash) = (line.sequence - 1, line.previous) }
      self.torn = nil
    }
    if line.previous != hash || line.sequence != sequence &+ 1 {
      body(
        .broken(
          JournalBreak(
            lineNumber: lineNumber,
            problem: "it does not follow the line before it: lines were taken out, put in or moved here")))
    }
    (sequence, hash) = (line.sequence, line.hash)
    body(.line(line))
  }

  mutating func finish(unended rest: [UInt8], _ body: (JournalReader.Item) -> Void) {
    if torn != nil { body(.broken(JournalBreak(lineNumber: tornLineNumber, problem: Self.changedLine))) }
    if !rest.isEmpty { body(.interrupted(byteCount: rest.count, isSealed: false)) }
  }

  private struct Seal {
    let lineHadEnded: Bool
  }

  private static let changedLine = "the line was changed: its hash does not fit"

  private static func seal(in line: JournalLine, of torn: [UInt8]) -> Seal? {
    guard let value = try? JSONValue.parse(line.bytes), value["type"]?.stringValue == "interruption",
      value["torn_sha256"]?.stringValue == SHA256.hex(torn)
    else { return nil }
    return Seal(lineHadEnded: value["torn_line_ended"]?.boolValue ?? false)
  }
}

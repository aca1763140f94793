internal import ResticCrypto

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
  package func forEach(_ body: (Item) -> Void) throws(JournalError) {
    guard StateFile.exists(path) else { return }
    let file = try JournalFile(path, for: .reading)
    let byteCount = try file.byteCount()
    var chain = JournalChain()
    var offset: Int64 = 0
    var rest: [UInt8] = []
    while offset < byteCount {
      let piece = try file.read(at: offset, count: Int(min(Int64(Self.chunkByteCount), byteCount - offset)))
      guard !piece.isEmpty else { break }
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

  mutating func add(_ bytes: [UInt8], _ body: (JournalReader.Item) -> Void) {
    lineNumber += 1
    guard let line = JournalLine(checking: bytes) else {
      if let earlier = torn {
        torn = earlier + [UInt8(ascii: "\n")] + bytes
      } else {
        (torn, tornLineNumber) = (bytes, lineNumber)
      }
      return
    }
    if let torn {
      let seal = Self.seal(in: line, of: torn)
      if let seal, !seal.lineHadEnded {
        body(.interrupted(byteCount: torn.count, isSealed: true))
      } else {
        body(.broken(JournalBreak(lineNumber: tornLineNumber, problem: Self.changedLine)))
      }
      // Behind a changed line the chain goes on from that line's own number and hash.
      if seal == nil { (sequence, hash) = (line.sequence - 1, line.previous) }
      self.torn = nil
    }
    if line.previous != hash || line.sequence != sequence + 1 {
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
    if torn != nil, rest.isEmpty {
      body(.broken(JournalBreak(lineNumber: tornLineNumber, problem: Self.changedLine)))
    } else if !rest.isEmpty {
      let content = torn.map { $0 + [UInt8(ascii: "\n")] + rest } ?? rest
      body(.interrupted(byteCount: content.count, isSealed: false))
    }
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

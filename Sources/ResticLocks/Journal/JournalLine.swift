internal import ResticCrypto

/// One line of the journal: a JSON object that is chained to the one before it.
///
///     {"sequence":12,"previous":"64 hex digits", … ,"hash":"64 hex digits"}
///
/// `hash` is the SHA-256 of everything in the line before `,"hash"`; `previous` is the `hash` of the line before, or
/// 64 zeros in the first. So no line can be edited, moved or taken out without a later one contradicting.
package struct JournalLine: Sendable, Hashable {
  package let sequence: Int64
  package let previous: String
  package let hash: String
  /// The whole line as UTF-8, without the line feed.
  package let bytes: [UInt8]

  package static let firstPrevious = String(repeating: "0", count: 64)

  /// Chains a record, given as the text of a JSON object with at least one member, behind another line.
  init(record: [UInt8], sequence: Int64, previous: String) {
    let head = #"{"sequence":\#(sequence),"previous":"\#(previous)","#.utf8
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head.count + record.count + Self.tailByteCount)
    bytes += head
    let members: ArraySlice<UInt8> = record.dropFirst().dropLast()
    bytes += members
    let hash = SHA256.hex(bytes)
    bytes += #","hash":"\#(hash)"}"#.utf8
    (self.sequence, self.previous, self.hash, self.bytes) = (sequence, previous, hash, bytes)
  }

  /// Reads a line and checks its own hash; `nil` for one that is torn, edited or none of ours.
  init?(checking bytes: [UInt8]) {
    guard bytes.count > Self.tailByteCount, bytes.last == UInt8(ascii: "}") else { return nil }
    let body = bytes.dropLast(Self.tailByteCount)
    let hash = SHA256.hex(Array(body))
    guard bytes[body.endIndex...].elementsEqual(#","hash":"\#(hash)"}"#.utf8) else { return nil }
    var head = HeadScanner(bytes: bytes)
    guard head.take(#"{"sequence":"#), let sequence = head.number(), head.take(#","previous":""#),
      let previous = head.hexadecimal(64), head.take(#"","#)
    else { return nil }
    (self.sequence, self.previous, self.hash, self.bytes) = (sequence, previous, hash, bytes)
  }

  private static let tailByteCount = #","hash":""#.utf8.count + 64 + #""}"#.utf8.count
}

/// Reads what every line begins with.
private struct HeadScanner {
  let bytes: [UInt8]
  var offset = 0

  mutating func take(_ text: String) -> Bool {
    guard bytes[offset...].starts(with: text.utf8) else { return false }
    offset += text.utf8.count
    return true
  }

  mutating func number() -> Int64? {
    let digits = bytes[offset...].prefix(18).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    offset += digits.count
    return Int64(String(decoding: digits, as: UTF8.self))
  }

  mutating func hexadecimal(_ count: Int) -> String? {
    let digits = bytes[offset...].prefix(count)
    guard digits.count == count,
      digits.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      })
    else { return nil }
    offset += count
    return String(decoding: digits, as: UTF8.self)
  }
}

/// Cuts chunks of bytes into lines and hands over only those that hold one of the words looked for.
///
/// Where a chunk ends has no influence on what is handed over. A line is looked at up to `lineByteLimit`.
@safe
struct LogLines: Sendable {
  static let lineByteLimit = 1 << 20

  private let scanner: NeedleScanner
  /// The line that the last chunk broke off in, as far as it may count.
  private var carry: [UInt8] = []
  private var carriesLine = false
  /// Newlines seen so far.
  private(set) var newlineCount = 0
  private(set) var byteCount = 0

  init(_ scanner: NeedleScanner) { self.scanner = scanner }

  /// Lines completed so far and one more where bytes follow the last newline.
  var lineCount: Int { newlineCount + (carriesLine ? 1 : 0) }

  /// Takes the next bytes; `body` gets each line that counts, without its newline, and its number from 1.
  mutating func read(_ chunk: UnsafeRawBufferPointer, _ body: (_ line: [UInt8], _ number: Int) -> Void) {
    byteCount += chunk.count
    var start = 0
    if carriesLine {
      guard let newline = unsafe Self.newline(in: chunk, from: 0) else {
        unsafe keep(chunk[...])
        return
      }
      unsafe keep(chunk[..<newline])
      endLine(body)
      newlineCount += 1
      start = newline + 1
    }
    let end = unsafe Self.lastNewline(in: chunk, from: start).map { $0 + 1 } ?? start
    let lines = unsafe UnsafeRawBufferPointer(rebasing: chunk[start..<end])
    unsafe readWholeLines(lines, body)
    unsafe keep(chunk[end...])
  }

  /// Takes what was left as a last line.
  mutating func finish(_ body: (_ line: [UInt8], _ number: Int) -> Void) {
    guard carriesLine else { return }
    endLine(body)
    newlineCount += 1
  }

  private mutating func endLine(_ body: (_ line: [UInt8], _ number: Int) -> Void) {
    let matches = unsafe carry.withUnsafeBytes { unsafe scanner.firstMatch(in: $0, from: 0) } != nil
    if matches { body(carry, newlineCount + 1) }
    carry.removeAll(keepingCapacity: true)
    carriesLine = false
  }

  private mutating func readWholeLines(
    _ lines: UnsafeRawBufferPointer, _ body: (_ line: [UInt8], _ number: Int) -> Void
  ) {
    var position = 0
    var counted = 0
    while let match = unsafe scanner.firstMatch(in: lines, from: position) {
      let start =
        unsafe Self.lastNewline(in: lines, before: match.lowerBound, from: position).map { $0 + 1 }
        ?? position
      let end = unsafe Self.newline(in: lines, from: match.lowerBound) ?? lines.count
      unsafe newlineCount += Self.newlineCount(in: lines[counted..<start])
      counted = start
      if match.upperBound - start <= Self.lineByteLimit {
        let line = unsafe Array(lines[start..<min(end, start + Self.lineByteLimit)])
        body(line, newlineCount + 1)
      }
      position = min(end + 1, lines.count)
    }
    unsafe newlineCount += Self.newlineCount(in: lines[counted...])
  }

  private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
    guard unsafe !bytes.isEmpty else { return }
    carriesLine = true
    unsafe carry.append(contentsOf: bytes.prefix(max(Self.lineByteLimit - carry.count, 0)))
  }

  private static let newlineByte = UInt8(ascii: "\n")

  private static func newline(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    unsafe text[start...].firstIndex(of: newlineByte)
  }

  private static func lastNewline(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    unsafe lastNewline(in: text, before: text.count, from: start)
  }

  private static func lastNewline(in text: UnsafeRawBufferPointer, before end: Int, from start: Int) -> Int? {
    unsafe text[start..<end].lastIndex(of: newlineByte)
  }

  private static func newlineCount(in text: Slice<UnsafeRawBufferPointer>) -> Int {
    var count = 0
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: text)
    for index in 0..<bytes.count {
      count &+= unsafe bytes[index] == newlineByte ? 1 : 0
    }
    return count
  }
}

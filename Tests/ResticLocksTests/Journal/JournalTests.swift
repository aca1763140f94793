import Foundation
import TestSupport
import Testing
import WallTime

@testable import ResticLocks

@Suite struct JournalTests {
  private let folder: TemporaryFolder
  private let journal: Journal
  private let now = UnixTime(seconds: 1_795_377_600)

  init() throws {
    folder = try TemporaryFolder("journal")
    journal = Journal(path: folder.path("state/reslock/journal.jsonl"))
  }

  private func record(_ number: Int) -> [UInt8] { Array(#"{"type":"test","number":\#(number)}"#.utf8) }

  private func lines() throws -> [[UInt8]] {
    try Array(Data(contentsOf: URL(fileURLWithPath: journal.path))).split(separator: 10).map { Array($0) }
  }

  private func write(_ lines: [[UInt8]], ended: Bool = true) throws {
    let text = lines.joined(separator: [10]) + (ended ? [10] : [])
    try Data(text).write(to: URL(fileURLWithPath: journal.path))
  }

  @discardableResult
  private func fill(_ count: Int = 5) throws -> JournalHead {
    try journal.append((1...count).map(record), now: now)
  }

  @Test("a journal is whole after any number of runs, and for its owner alone")
  func grows() throws {
    for number in 1...4 { try journal.append([record(number), record(-number)], now: now) }
    let history = try JournalHistory(journal)
    #expect(history.lineCount == 8 && history.breaks.isEmpty && history.interruptions.isEmpty)
    let attributes = try FileManager.default.attributesOfItem(atPath: journal.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("no journal is an empty one")
  func missing() throws { #expect(try JournalHistory(journal).lineCount == 0) }

  @Test("every flipped bit of every byte is found")
  func flippedBits() throws {
    try fill(2)
    let original = Array(try Data(contentsOf: URL(fileURLWithPath: journal.path)))
    for index in original.indices {
      var changed = original
      changed[index] ^= 1 << UInt8(index % 8)
      try Data(changed).write(to: URL(fileURLWithPath: journal.path))
      // A journal that does not begin as one is refused; the last line feed gone looks like an interrupted run.
      guard let history = try? JournalHistory(journal) else {
        #expect(index < 12)
        continue
      }
      #expect(!history.breaks.isEmpty || !history.interruptions.isEmpty, "byte \(index)")
    }
  }

  @Test("lines taken out, moved, doubled or put in are found", arguments: 0..<5)
  func reordered(index: Int) throws {
    try fill()
    let original = try lines()
    if index < 4 {
      var cut = original
      cut.remove(at: index)
      try write(cut)
      #expect(try !JournalHistory(journal).breaks.isEmpty, "cut")
      var swapped = original
      swapped.swapAt(index, index + 1)
      try write(swapped)
      #expect(try !JournalHistory(journal).breaks.isEmpty, "swapped")
    }
    var doubled = original
    doubled.insert(original[index], at: index)
    try write(doubled)
    #expect(try !JournalHistory(journal).breaks.isEmpty, "doubled")
  }

  @Test("a cut at the end is found by the head that was printed")
  func cutAtEnd() throws {
    let early = try fill()
    let late = try journal.append([record(6)], now: now)
    #expect(try JournalHistory(journal).contains(head: early.hash))
    try write(Array(try lines().dropLast()))
    let history = try JournalHistory(journal)
    #expect(
      history.breaks.isEmpty && history.contains(head: early.hash) && !history.contains(head: late.hash))
  }

  @Test("a torn last line is told as interrupted, and sealed by the next run", arguments: [1, 20, 100, 180])
  func torn(byteCount: Int) throws {
    try fill()
    var torn = try lines()
    torn[4] = Array(torn[4].prefix(byteCount))
    try write(torn, ended: false)
    let before = try JournalHistory(journal)
    #expect(before.breaks.isEmpty && before.interruptions.map(\.isSealed) == [false])
    try journal.append([record(7)], now: now)
    let after = try JournalHistory(journal)
    #expect(after.breaks.isEmpty && after.interruptions.map(\.isSealed) == [true] && after.lineCount == 6)
  }

  @Test(
    "a last line that lacks only its line feed counts, and the next run goes on behind it", arguments: [1, 5])
  func unendedLine(lineCount: Int) throws {
    try fill(lineCount)
    try write(try lines(), ended: false)
    #expect(try JournalHistory(journal).lineCount == lineCount)
    try journal.append([record(7)], now: now)
    let history = try JournalHistory(journal)
    #expect(history.breaks.isEmpty && history.interruptions.isEmpty && history.lineCount == lineCount + 1)
  }

  @Test("a changed last line is found, also after the next run has written behind it")
  func changedLast() throws {
    try fill()
    var changed = try lines()
    changed[4][80] ^= 1
    try write(changed)
    #expect(try JournalHistory(journal).breaks.map(\.lineNumber) == [5])
    try journal.append([record(8)], now: now)
    #expect(try JournalHistory(journal).breaks.map(\.lineNumber) == [5])
  }

  @Test("a changed line is no interruption, even where a torn one follows")
  func changedBeforeTorn() throws {
    try fill()
    var changed = try lines()
    changed[3][80] ^= 1
    changed[4] = Array(changed[4].prefix(40))
    try write(changed, ended: false)
    #expect(try JournalHistory(journal).breaks.map(\.lineNumber) == [4])
    try journal.append([record(8)], now: now)
    #expect(try JournalHistory(journal).breaks.map(\.lineNumber) == [4])
  }

  @Test("a first line that was torn is sealed like any other")
  func tornFirst() throws {
    try fill(1)
    try write([Array(try lines()[0].prefix(30))], ended: false)
    try journal.append([record(2)], now: now)
    let history = try JournalHistory(journal)
    #expect(history.breaks.isEmpty && history.interruptions.count == 1)
  }

  @Test("a first write that a crash turned into NULs is sealed like any other", arguments: [1, 30, 5000])
  func zeroedFirst(byteCount: Int) throws {
    try fill(1)
    try Data(count: byteCount).write(to: URL(fileURLWithPath: journal.path))
    let before = try JournalHistory(journal)
    #expect(before.breaks.isEmpty && before.interruptions.map(\.byteCount) == [byteCount])
    try journal.append([record(2)], now: now)
    let after = try JournalHistory(journal)
    #expect(after.breaks.isEmpty && after.interruptions.map(\.isSealed) == [true] && after.lineCount == 2)
    try journal.append([record(3)], now: now)
    #expect(try JournalHistory(journal).lineCount == 3)
  }

  @Test("a later write that a crash turned into NULs is sealed too, and what follows NULs must be a seal")
  func zeroed() throws {
    try fill()
    let whole = try Data(contentsOf: URL(fileURLWithPath: journal.path))
    try (whole + Data(count: 700)).write(to: URL(fileURLWithPath: journal.path))
    try journal.append([record(6)], now: now)
    let history = try JournalHistory(journal)
    #expect(history.breaks.isEmpty && history.interruptions.map(\.isSealed) == [true])
    #expect(history.lineCount == 7)

    let foreign = Data(count: 512) + Data("another program's\n".utf8)
    try foreign.write(to: URL(fileURLWithPath: journal.path))
    #expect(throws: JournalError.self) { try journal.append([record(1)], now: now) }
    #expect(throws: JournalError.self) { try JournalHistory(journal) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: journal.path)) == foreign)
  }

  @Test("of a long journal only what is younger than asked for is read, and what is read is checked")
  func bounded() throws {
    let filler = String(repeating: "x", count: 100_000)
    for hour in 0..<30 {
      let time = now.adding(seconds: Double(hour) * 3600).rfc3339
      let records = (0..<10).map {
        Array(#"{"type":"test","time":"\#(time)","n":\#($0),"x":"\#(filler)"}"#.utf8)
      }
      try journal.append(records, now: now)
    }
    let all = try JournalHistory(journal)
    #expect(all.lineCount == 300 && all.breaks.isEmpty)
    let late = try JournalHistory(journal, since: now.adding(seconds: 28 * 3600))
    #expect(late.breaks.isEmpty && late.head == all.head)
    #expect((20..<150).contains(late.lineCount), "\(late.lineCount)")
    // A span that reaches before the beginning is all of it.
    #expect(try JournalHistory(journal, since: now.adding(seconds: -1)).lineCount == 300)

    var bytes = try Data(contentsOf: URL(fileURLWithPath: journal.path))
    bytes[bytes.count - 150_000] ^= 1
    try bytes.write(to: URL(fileURLWithPath: journal.path))
    #expect(try JournalHistory(journal, since: now.adding(seconds: 28 * 3600)).breaks.count == 1)
  }

  @Test("somebody else's file is left as it is")
  func foreign() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("state/reslock"), withIntermediateDirectories: true)
    let text = Data("127.0.0.1 localhost\n".utf8)
    try text.write(to: URL(fileURLWithPath: journal.path))
    #expect(throws: JournalError.self) { try journal.append([record(1)], now: now) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: journal.path)) == text)
    #expect(throws: JournalError.self) { try Journal(path: "/dev/null").append([record(1)], now: now) }
  }

  @Test("runs at the same time share it")
  func sharing() async throws {
    let (journal, now) = (journal, now)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for number in 0..<10 {
            try journal.append([Array(#"{"type":"test","by":\#(writer),"n":\#(number)}"#.utf8)], now: now)
          }
        }
      }
      try await group.waitForAll()
    }
    let history = try JournalHistory(journal)
    #expect(history.lineCount == 80 && history.breaks.isEmpty)
  }

  @Test("bytes survive base64", arguments: 0...66)
  func base64(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
    #expect(Base64.text(bytes) == Data(bytes).base64EncodedString())
    #expect(Base64.bytes(Base64.text(bytes)) == bytes)
  }

  @Test(
    "what is no JSON is refused, and says where",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "nul", "\"\u{1}\"", "\"\\x\"", "{}{}", "-", "\"a",
    ])
  func badJSON(_ text: String) {
    #expect(throws: JSONParsingError.self) { try JSONValue.parse(Array(text.utf8)) }
  }

  @Test(
    "JSON is read as it is written",
    arguments: [
      #"{"a":[1,-2,true,false,null,"x\n\u00e9"],"b":{"c":1.5}}"#, "[]", "{}", "0", "-0.5", #""😀""#,
    ])
  func readsJSON(_ text: String) throws {
    let value = try JSONValue.parse(Array(text.utf8))
    #expect(try JSONValue.parse(Array(value.text.utf8)) == value)
  }

  @Test("nesting is bounded")
  func nesting() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONParsingError.self) { try JSONValue.parse(Array(deep.utf8)) }
  }
}

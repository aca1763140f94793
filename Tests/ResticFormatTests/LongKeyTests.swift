import ResticFormat
import Testing

@Suite("The time that hostile JSON takes", .timeLimit(.minutes(15)))
struct LongKeyTests {
  @Test("a key of half a megabyte costs a moment", arguments: ["é", "ſ", "\\u212a"])
  func longKey(letter: String) throws {
    let key = String(repeating: letter, count: 500_000 / letter.utf8.count)
    let record = try LockRecord.decode(Array(#"{"\#(key)": 1, "pid": 7}"#.utf8))
    #expect(record.pid == 7)
  }

  @Test("a key that is escapes alone is still the field's")
  func escapedKey() throws {
    let record = try LockRecord.decode(Array(#"{"\u0050\u0049\u0044": 7, "host\u017fname": "h"}"#.utf8))
    #expect(record.pid == 7)
    #expect(record.hostname.isEmpty)
    #expect(try LockRecord.decode(Array(#"{"ho\u017ftname": "h"}"#.utf8)).hostname == "h")
  }
}

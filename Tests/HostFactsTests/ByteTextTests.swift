import HostFacts
import Testing

@Suite struct ByteTextTests {
  @Test(
    "numbers are read whole or not at all",
    arguments: [
      ("0", 0), ("-7", -7), (" 42\n", 42), ("9223372036854775807", .max), ("9223372036854775808", nil),
      ("", nil),
      ("-", nil), ("+1", nil), ("1a", nil), ("1 2", nil), ("0x10", nil),
      (String(repeating: "9", count: 1000), nil),
    ] as [(String, Int64?)])
  func decimals(text: String, expected: Int64?) {
    #expect(ByteText.decimal(Array(text.utf8)[...]) == expected)
  }

  @Test(
    "each byte that is not UTF-8 becomes one replacement character, as in Go",
    arguments: [
      (Array("h\u{f6}st".utf8), "h\u{f6}st"), ([0x61, 0xff, 0x62], "a\u{FFFD}b"),
      ([0xe2, 0x82, 0x41], "\u{FFFD}\u{FFFD}A"), ([0xf0, 0x9f, 0x98], "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xed, 0xa0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([], ""),
    ] as [([UInt8], String)])
  func text(bytes: [UInt8], expected: String) {
    #expect(ByteText.string(bytes) == expected)
  }
}

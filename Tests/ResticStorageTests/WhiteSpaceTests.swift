import ResticStorage
import Testing

@Suite struct WhiteSpaceTests {
  @Test("white space around text is cut off, whatever its width")
  func trims() {
    let spaces =
      "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}"
    #expect(WhiteSpace.trimmed(spaces + "a b" + spaces) == "a b")
    #expect(WhiteSpace.trimmed(spaces) == "")
    #expect(WhiteSpace.trimmed("") == "")
  }

  @Test(
    "what is no white space stays",
    arguments: ["\u{200b}a\u{200b}", "\u{feff}a", "\0a\0", "\u{1c}a\u{1f}", "\u{180e}a"])
  func keeps(_ text: String) { #expect(WhiteSpace.trimmed(text) == text) }

  @Test(
    "bytes that are not UTF-8 are no white space",
    arguments: [[0x85, 0x61, 0x85], [0xa0, 0x61, 0xc2], [0xe2, 0x80, 0x61, 0x80, 0x80]] as [[UInt8]])
  func malformed(_ bytes: [UInt8]) {
    #expect(WhiteSpace.trimmedRange(of: bytes) == 0..<bytes.count)
  }

  @Test("the bytes cut off are exactly those of characters with the property White_Space")
  func everyScalar() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(Character(scalar)).utf8)
      #expect(WhiteSpace.trimmedRange(of: bytes).isEmpty == scalar.properties.isWhitespace)
    }
  }
}

import ResticCrypto
import ResticInputs
import Testing

@Suite struct TextDecodingTests {
  static let cases: [(bytes: [UInt8], text: [UInt8])] = [
    (Array("secret".utf8), Array("secret".utf8)),
    (Array(" \n\tse cret \u{a0}\r\n".utf8), Array("se cret".utf8)),
    ([], []),
    (Array(" \n".utf8), []),
    // Not UTF-8: kept as it is.
    ([0x61, 0xff, 0x85], [0x61, 0xff, 0x85]),
    // UTF-8 with a mark, and one with two.
    ([0xef, 0xbb, 0xbf] + Array(" a\n".utf8), [0x61]),
    ([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x63, 0x20, 0xc2, 0xa0, 0x0a], [0x61, 0xff, 0x63]),
    ([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61], [0xef, 0xbb, 0xbf, 0x61]),
    // UTF-16 of either order, trimmed, also of characters beyond the basic plane.
    ([0xff, 0xfe, 0x61, 0x00, 0xe9, 0x00, 0x0a, 0x00], Array("aé".utf8)),
    ([0xfe, 0xff, 0x00, 0x20, 0x20, 0xac, 0xd8, 0x3d, 0xde, 0x00], Array("€😀".utf8)),
    ([0xff, 0xfe], []),
    // An odd last byte, lone surrogates: a replacement character each.
    ([0xff, 0xfe, 0x61, 0x00, 0x62], Array("a\u{fffd}".utf8)),
    ([0xfe, 0xff, 0xd8, 0x00, 0x00, 0x61, 0xdc, 0x00], Array("\u{fffd}a\u{fffd}".utf8)),
    ([0xfe, 0xff, 0x00, 0x61, 0xd8, 0x00], Array("a\u{fffd}".utf8)),
    ([0xfe, 0xff, 0xd8, 0x00, 0xd8, 0x00, 0xdc, 0x00], Array("\u{fffd}\u{10000}".utf8)),
    // A mark of UTF-16 that is cut short is none.
    ([0xff], [0xff]),
  ]

  @Test("a byte order mark names the encoding; white space around the text goes", arguments: cases)
  func decodes(_ bytes: [UInt8], _ text: [UInt8]) {
    #expect(SecretBytes(copying: bytes).decodedAndTrimmed().bytes == text)
  }

  @Test("any two bytes of UTF-16 are decoded within the memory set aside")
  func everyUnit() {
    for unit in UInt16.min...UInt16.max {
      let bytes = [0xfe, 0xff, UInt8(unit >> 8), UInt8(unit & 0xff), 0x00, 0x78]
      let text = SecretBytes(copying: bytes).decodedAndTrimmed().bytes
      #expect(text.last == 0x78)
    }
  }
}

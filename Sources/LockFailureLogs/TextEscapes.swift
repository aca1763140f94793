/// Takes out what terminals and JSON put into a text.
enum TextEscapes {
  /// Without ANSI control sequences, such as colours and titles.
  static func withoutTerminalCodes(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0x1b) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == 0x1b else {
        result.append(text[index])
        index += 1
        continue
      }
      index = end(ofSequenceAt: index, in: text)
    }
    return result
  }

  private static func end(ofSequenceAt start: Int, in text: [UInt8]) -> Int {
    var index = start + 1
    guard index < text.count else { return index }
    switch text[index] {
    case UInt8(ascii: "["):
      index += 1
      while index < text.count, !(0x40...0x7e).contains(text[index]) { index += 1 }
      return index + 1
    case UInt8(ascii: "]"):
      // Ends with BEL or ESC \; one without an end must not swallow the line.
      let limit = min(text.count, index + 256)
      while index < limit, text[index] != 0x07, text[index] != 0x1b { index += 1 }
      guard index < limit else { return start + 2 }
      return text[index] == 0x1b ? index + 2 : index + 1
    default: return index + 1
    }
  }

  /// With JSON's escapes replaced by what they stand for; a lone surrogate becomes U+FFFD.
  static func withoutJSONEscapes(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < text.endIndex else {
        result.append(byte)
        index += 1
        continue
      }
      let escaped = text[index + 1]
      index += 2
      switch escaped {
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escaped)
      case UInt8(ascii: "u"): appendCodePoint(text, &index, to: &result)
      default: result += [byte, escaped]
      }
    }
    return result
  }

  private static func appendCodePoint(
    _ text: ArraySlice<UInt8>, _ index: inout Int, to result: inout [UInt8]
  ) {
    guard let unit = codeUnit(text, index) else {
      result += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
      return
    }
    index += 4
    var value = UInt32(unit)
    if (0xd800..<0xdc00).contains(value), index + 1 < text.endIndex, text[index] == UInt8(ascii: "\\"),
      text[index + 1] == UInt8(ascii: "u"), let low = codeUnit(text, index + 2),
      (0xdc00..<0xe000).contains(low)
    {
      index += 6
      value = 0x10000 + (value - 0xd800) << 10 + (UInt32(low) - 0xdc00)
    }
    result += Array(String(UnicodeScalar(value) ?? "\u{fffd}").utf8)
  }

  private static func codeUnit(_ text: ArraySlice<UInt8>, _ start: Int) -> UInt16? {
    guard start + 4 <= text.endIndex else { return nil }
    var value: UInt16 = 0
    for byte in text[start..<start + 4] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}

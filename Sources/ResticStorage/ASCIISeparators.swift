/// Text cut at ASCII characters byte by byte, as Go cuts it: a combining mark behind a separator joins no
/// character with it, as it would in Swift's `Character`s.
extension StringProtocol where SubSequence == Substring, UTF8View: BidirectionalCollection {
  /// What stands before and after the first `separator`, which is ASCII; `nil` after it when there is none.
  func cut(at separator: Unicode.Scalar) -> (before: Substring, after: Substring?) {
    guard let index = utf8.firstIndex(of: UInt8(ascii: separator)) else { return (self[...], nil) }
    return (self[..<index], self[utf8.index(after: index)...])
  }

  /// The part before the last `separator` and the part after it; `nil` before it when there is none.
  func cut(atLast separator: Unicode.Scalar) -> (before: Substring?, after: Substring) {
    guard let index = utf8.lastIndex(of: UInt8(ascii: separator)) else { return (nil, self[...]) }
    return (self[..<index], self[utf8.index(after: index)...])
  }

  /// The part before the first of some ASCII characters.
  func upTo(anyOf separators: String) -> Substring {
    self[..<(utf8.firstIndex { separators.utf8.contains($0) } ?? endIndex)]
  }

  func begins(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// The text without its first character, which is ASCII.
  func dropFirstByte(_ count: Int = 1) -> Substring {
    self[(utf8.index(startIndex, offsetBy: count, limitedBy: endIndex) ?? endIndex)...]
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
  var isASCIILetterOrDigit: Bool { isASCIIDigit || isASCIILetter }
}

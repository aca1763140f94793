/// Searching and cutting bytes that may be no text at all.
extension ArraySlice<UInt8> {
  /// Where `word` stands first.
  func range(of word: StaticString) -> Range<Int>? { range(of: word, from: startIndex) }

  func range(of word: StaticString, from start: Int) -> Range<Int>? {
    let needle = unsafe word.bytes
    guard let first = unsafe needle.first else { return nil }
    var index = Swift.max(start, startIndex)
    let count = word.utf8CodeUnitCount
    while index + count <= endIndex {
      if self[index] == first, unsafe self[index..<index + count].elementsEqual(needle) {
        return index..<index + count
      }
      index += 1
    }
    return nil
  }

  /// Where `word` stands last.
  func lastRange(of word: StaticString) -> Range<Int>? {
    var found: Range<Int>?
    var start = startIndex
    while let range = range(of: word, from: start) {
      found = range
      start = range.lowerBound + 1
    }
    return found
  }

  func contains(_ word: StaticString) -> Bool { range(of: word) != nil }

  func hasPrefix(_ word: StaticString) -> Bool { unsafe starts(with: word.bytes) }

  /// What follows the first place of `word`.
  func after(_ word: StaticString) -> ArraySlice<UInt8>? { range(of: word).map { self[$0.upperBound...] } }

  /// What stands before the first place of `word`.
  func before(_ word: StaticString) -> ArraySlice<UInt8>? { range(of: word).map { self[..<$0.lowerBound] } }

  /// Without blanks at both ends.
  var trimmed: ArraySlice<UInt8> {
    var slice = self
    while let first = slice.first, isBlank(first) { slice = slice.dropFirst() }
    while let last = slice.last, isBlank(last) { slice = slice.dropLast() }
    return slice
  }

  /// The text, cut to `byteLimit` bytes; what is not UTF-8 is replaced.
  func text(byteLimit: Int = 256) -> String { String(decoding: prefix(byteLimit), as: UTF8.self) }

  /// Takes `word` from the front.
  mutating func take(_ word: StaticString) -> Bool {
    guard hasPrefix(word) else { return false }
    self = dropFirst(word.utf8CodeUnitCount)
    return true
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard first == byte else { return false }
    self = dropFirst()
    return true
  }

  /// Takes a number of `digitCounts` digits from the front; one that does not fit is none.
  mutating func takeNumber(_ digitCounts: ClosedRange<Int> = 1...19) -> Int64? {
    let digits = prefix(digitCounts.upperBound).prefix { isDecimal($0) }
    guard digits.count >= digitCounts.lowerBound else { return nil }
    var value: Int64 = 0
    for digit in digits {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      guard !overflows, !carries else { return nil }
      value = sum
    }
    self = self[digits.endIndex...]
    return value
  }

  /// Takes lower-case hexadecimal digits from the front.
  mutating func takeHexadecimal(_ digitCounts: ClosedRange<Int>) -> String? {
    let digits = prefix(digitCounts.upperBound + 1).prefix { isHexadecimal($0) }
    guard digitCounts.contains(digits.count) else { return nil }
    self = self[digits.endIndex...]
    return digits.text()
  }
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
func isDecimal(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
func isHexadecimal(_ byte: UInt8) -> Bool {
  isDecimal(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

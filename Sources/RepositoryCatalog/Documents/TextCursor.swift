/// A place in a text of UTF-8, with its line.
struct TextCursor {
  private let bytes: [UInt8]
  private var offset = 0
  private(set) var line = 1

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset >= bytes.count }
  var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  func peek(_ distance: Int) -> UInt8? {
    let index = offset + distance
    return index < bytes.count ? bytes[index] : nil
  }

  mutating func advance() {
    guard offset < bytes.count else { return }
    if bytes[offset] == 0x0a { line += 1 }
    offset += 1
  }

  /// Whether `word` stands here.
  func isAt(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard count <= bytes.count - offset else { return false }
    return word.withUTF8Buffer { bytes[offset..<offset + count].elementsEqual($0) }
  }

  /// Passes over `word` if it stands here.
  mutating func skip(_ word: StaticString) -> Bool {
    guard isAt(word) else { return false }
    for _ in 0..<word.utf8CodeUnitCount { advance() }
    return true
  }

  mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = current, condition(byte) { advance() }
  }

  /// What stands here as long as `condition` holds.
  mutating func take(while condition: (UInt8) -> Bool) -> String {
    let start = offset
    skip(while: condition)
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  mutating func hexadecimal(digitCount: Int) throws(DocumentError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digitCount {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape in a string is not whole")
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    return value
  }

  func error(_ problem: String) -> DocumentError { DocumentError(problem, line: line) }
}

/// Go's grammar check: `encoding/json` looks over the whole text before it stores anything.
///
/// - White space is space, tab, line feed and carriage return only.
/// - Strings may hold any byte from 0x20 on, also such that are not UTF-8.
/// - Containers may be nested 10,000 deep; the depth is counted, so no text can exhaust the stack.
struct GoJSONScanner {
  static let maximumDepth = 10_000

  private enum Container { case object, array }

  private let text: ByteView
  private var offset = 0
  private var containers: [Container] = []

  /// Throws unless `text` is exactly one JSON value with nothing but white space around it.
  static func validate(_ text: ByteView) throws(GoJSONError) {
    var scanner = GoJSONScanner(text: text)
    try scanner.scanDocument()
  }

  private init(text: ByteView) {
    self.text = text
  }

  private mutating func scanDocument() throws(GoJSONError) {
    repeat {
      guard try scanValueStart() else { continue }
      try scanEndsOfContainers()
    } while !containers.isEmpty
    skipSpace()
    if offset < text.count { throw .trailingText(offset: offset) }
  }

  /// Scans a scalar, an empty container, or the opening of a container up to its first value.
  ///
  /// Returns whether a value is complete; `false` means that a container's first value comes next.
  private mutating func scanValueStart() throws(GoJSONError) -> Bool {
    skipSpace()
    switch text[offset] {
    case UInt8(ascii: "{"):
      try open(.object)
      if take(UInt8(ascii: "}")) { return close() }
      try scanKey()
      return false
    case UInt8(ascii: "["):
      try open(.array)
      return take(UInt8(ascii: "]")) ? close() : false
    case UInt8(ascii: "\""): try scanString()
    case UInt8(ascii: "t"): try scanLiteral("true")
    case UInt8(ascii: "f"): try scanLiteral("false")
    case UInt8(ascii: "n"): try scanLiteral("null")
    default: try scanNumber()
    }
    return true
  }

  /// After a value: closes what ends here and moves to the next value of what does not.
  private mutating func scanEndsOfContainers() throws(GoJSONError) {
    while let container = containers.last {
      skipSpace()
      switch (container, text[offset]) {
      case (.object, UInt8(ascii: ",")):
        offset += 1
        skipSpace()
        try scanKey()
        return
      case (.array, UInt8(ascii: ",")):
        offset += 1
        return
      case (.object, UInt8(ascii: "}")), (.array, UInt8(ascii: "]")):
        offset += 1
        containers.removeLast()
      default: throw unexpected()
      }
    }
  }

  private mutating func open(_ container: Container) throws(GoJSONError) {
    guard containers.count < Self.maximumDepth else { throw .tooDeep(offset: offset) }
    containers.append(container)
    offset += 1
    skipSpace()
  }

  private mutating func close() -> Bool {
    containers.removeLast()
    return true
  }

  private mutating func scanKey() throws(GoJSONError) {
    guard text[offset] == UInt8(ascii: "\"") else { throw unexpected() }
    try scanString()
    skipSpace()
    guard take(UInt8(ascii: ":")) else { throw unexpected() }
  }

  private mutating func scanString() throws(GoJSONError) {
    offset += 1
    while let byte = text[offset] {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return
      case UInt8(ascii: "\\"):
        offset += 1
        try scanEscape()
      case 0..<0x20: throw .invalidByte(offset: offset)
      default: offset += 1
      }
    }
    throw .unexpectedEnd
  }

  private mutating func scanEscape() throws(GoJSONError) {
    switch text[offset] {
    case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"),
      UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "\""):
      offset += 1
    case UInt8(ascii: "u"):
      offset += 1
      for _ in 0..<4 {
        guard let digit = text[offset], hexadecimalDigitValue(digit) != nil else { throw unexpected() }
        offset += 1
      }
    default: throw unexpected()
    }
  }

  private mutating func scanLiteral(_ literal: StaticString) throws(GoJSONError) {
    for index in 0..<literal.utf8CodeUnitCount {
      let expected = unsafe literal.utf8Start[index]
      guard text[offset] == expected else { throw unexpected() }
      offset += 1
    }
  }

  private mutating func scanNumber() throws(GoJSONError) {
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try scanDigits() }
    if take(UInt8(ascii: ".")) { try scanDigits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try scanDigits()
    }
  }

  private mutating func scanDigits() throws(GoJSONError) {
    guard isDigit(text[offset]) else { throw unexpected() }
    while isDigit(text[offset]) { offset += 1 }
  }

  private mutating func skipSpace() {
    while isGoJSONSpace(text[offset]) { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard text[offset] == byte else { return false }
    offset += 1
    return true
  }

  private func unexpected() -> GoJSONError {
    offset < text.count ? .invalidByte(offset: offset) : .unexpectedEnd
  }
}

func isGoJSONSpace(_ byte: UInt8?) -> Bool {
  byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
}

func isDigit(_ byte: UInt8?) -> Bool {
  guard let byte else { return false }
  return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

/// 0 to 15, in either case; `nil` for any other byte.
func hexadecimalDigitValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

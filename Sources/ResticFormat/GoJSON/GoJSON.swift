/// JSON as Go's `encoding/json` Unmarshal reads it into a struct, which is how restic reads keys, config and locks.
///
/// A stricter reader would call a live lock damaged. Accepted are:
/// - keys in any case, unknown and missing members, members given twice (the last one counts)
/// - `null` for any member, which keeps what an earlier member of that name set
/// - `null` in place of the object, which sets nothing
/// - strings that are not UTF-8 and lone surrogates (U+FFFD)
///
/// Source: Go 1.24, encoding/json/decode.go and scanner.go; held against real restic by tests.
enum GoJSON {
  /// Checks the whole text, then hands each member of the object to `member` in order.
  static func readObject(
    _ text: ByteView,
    _ member: (_ key: GoJSONString, _ value: ByteView) throws(GoJSONError) -> Void
  ) throws(GoJSONError) {
    try GoJSONScanner.validate(text)
    var cursor = GoJSONCursor(text: text)
    guard try cursor.enterObject() else { return }
    while let key = cursor.nextKey() {
      try member(key, cursor.nextValue())
    }
  }

  /// The members of a value within a text that was checked already; `null` has none.
  static func readObject(
    within value: GoJSONValue,
    _ member: (_ key: GoJSONString, _ value: ByteView) throws(GoJSONError) -> Void
  ) throws(GoJSONError) {
    var cursor = GoJSONCursor(text: value.raw)
    do throws(GoJSONError) {
      guard try cursor.enterObject() else { return }
    } catch {
      throw .wrongType(field: value.field.description, expected: .object)
    }
    while let key = cursor.nextKey() {
      try member(key, cursor.nextValue())
    }
  }

  /// The elements of an array within a text that was checked already.
  static func forEachElement(
    of array: GoJSONValue, _ body: (GoJSONValue) throws(GoJSONError) -> Void
  ) throws(GoJSONError) {
    var cursor = GoJSONCursor(text: array.raw)
    cursor.enterArray()
    while cursor.hasElement() {
      try body(GoJSONValue(field: array.field, raw: cursor.nextValue()))
    }
  }
}

/// Walks a text that ``GoJSONScanner`` found sound; on any other it ends early, and never traps.
private struct GoJSONCursor {
  let text: ByteView
  private var offset = 0

  init(text: ByteView) {
    self.text = text
  }

  /// `false` for `null`; throws ``GoJSONError/notAnObject`` for anything else.
  mutating func enterObject() throws(GoJSONError) -> Bool {
    skipSpace()
    switch text[offset] {
    case UInt8(ascii: "{"):
      offset += 1
      return true
    case UInt8(ascii: "n"): return false
    default: throw .notAnObject
    }
  }

  mutating func enterArray() {
    skipSpace()
    offset += 1
  }

  /// The next member's key, with the cursor moved to its value; `nil` at the end of the object.
  mutating func nextKey() -> GoJSONString? {
    skipSeparator()
    guard text[offset] == UInt8(ascii: "\"") else { return nil }
    let start = offset
    skipString()
    let key = GoJSONString(raw: text[start + 1..<max(offset - 1, start + 1)])
    skipSpace()
    offset += 1
    return key
  }

  mutating func hasElement() -> Bool {
    skipSeparator()
    guard let byte = text[offset] else { return false }
    return byte != UInt8(ascii: "]")
  }

  mutating func nextValue() -> ByteView {
    skipSpace()
    let start = offset
    switch text[offset] {
    case UInt8(ascii: "\""): skipString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): skipContainer()
    default: skipScalar()
    }
    return text[start..<max(offset, start)]
  }

  private mutating func skipContainer() {
    var depth = 0
    while let byte = text[offset] {
      switch byte {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      offset += 1
      if depth == 0 { return }
    }
  }

  private mutating func skipScalar() {
    while let byte = text[offset], !isGoJSONSpace(byte), byte != UInt8(ascii: ","),
      byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]")
    {
      offset += 1
    }
  }

  private mutating func skipString() {
    offset += 1
    while let byte = text[offset] {
      offset += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
  }

  private mutating func skipSeparator() {
    skipSpace()
    if text[offset] == UInt8(ascii: ",") { offset += 1 }
    skipSpace()
  }

  private mutating func skipSpace() {
    while isGoJSONSpace(text[offset]) { offset += 1 }
  }
}

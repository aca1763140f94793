internal import ResticCrypto

/// One member's value within a text whose grammar was checked, read into a Go type on request.
///
/// For every type but bytes, `null` is `nil`: Go leaves what the field held before.
struct GoJSONValue {
  /// The field that the value goes to, for errors.
  let field: StaticString
  /// The value's bytes without white space around them.
  let raw: ByteView

  var isNull: Bool { raw[0] == UInt8(ascii: "n") }

  private var name: String { field.description }

  func bool() throws(GoJSONError) -> Bool? {
    switch raw[0] {
    case UInt8(ascii: "n"): return nil
    case UInt8(ascii: "t"): return true
    case UInt8(ascii: "f"): return false
    default: throw .wrongType(field: name, expected: .boolean)
    }
  }

  func string() throws(GoJSONError) -> String? {
    if isNull { return nil }
    return try stringContent(expected: .string).text
  }

  /// A time by ``GoTime``; Go hands it the raw string, escapes unresolved.
  func time() throws(GoJSONError) -> LockTime? {
    if isNull { return nil }
    guard let content = try? stringContent(expected: .string), let time = GoTime.parse(content.raw)
    else { throw .invalidTime(field: name) }
    return time
  }

  /// As `strconv.ParseInt`: `-0` is a number, `1.0` and `1e3` are none.
  func int64() throws(GoJSONError) -> Int64? {
    if isNull { return nil }
    let isNegative = raw[0] == UInt8(ascii: "-")
    let magnitude = try magnitude(from: isNegative ? 1 : 0, expected: .int64)
    guard isNegative else {
      guard let value = Int64(exactly: magnitude) else { throw outOfRange(.int64) }
      return value
    }
    guard magnitude <= Int64.min.magnitude else { throw outOfRange(.int64) }
    return Int64(truncatingIfNeeded: 0 &- magnitude)
  }

  /// As `strconv.ParseUint`: no sign, not even `-0`.
  func uint64() throws(GoJSONError) -> UInt64? {
    if isNull { return nil }
    return try magnitude(from: 0, expected: .uint64)
  }

  func uint32() throws(GoJSONError) -> UInt32? {
    if isNull { return nil }
    guard let value = UInt32(exactly: try magnitude(from: 0, expected: .uint32)) else {
      throw outOfRange(.uint32)
    }
    return value
  }

  /// How many elements an array has.
  func elementCount() throws(GoJSONError) -> Int? {
    if isNull { return nil }
    guard raw[0] == UInt8(ascii: "[") else { throw .wrongType(field: name, expected: .array) }
    var count = 0
    try GoJSON.forEachElement(of: self) { _ throws(GoJSONError) in count += 1 }
    return count
  }

  /// The decoded bytes of a base64 string; unlike other types, `null` empties what the field held before.
  func bytes() throws(GoJSONError) -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachDecodedByte { bytes.append($0) }
    return bytes
  }

  /// The decoded bytes of a base64 string in erasable memory.
  func secretBytes() throws(GoJSONError) -> SecretBytes? {
    if isNull { return nil }
    var byteCount = 0
    try forEachDecodedByte { _ in byteCount += 1 }
    return try unsafe SecretBytes(byteCount: byteCount) { memory throws(GoJSONError) in
      var offset = 0
      try forEachDecodedByte { byte in
        guard offset < memory.count else { return }
        unsafe memory[offset] = byte
        offset += 1
      }
    }
  }

  /// Hands the decoded bytes of a base64 string, or of an array of numbers, to `body`; `null` has none.
  func forEachDecodedByte(_ body: (UInt8) -> Void) throws(GoJSONError) {
    if isNull { return }
    if raw[0] == UInt8(ascii: "[") {
      try GoJSON.forEachElement(of: self) { element throws(GoJSONError) in
        guard !element.isNull else { return body(0) }
        guard let byte = UInt8(exactly: try element.magnitude(from: 0, expected: .bytes)) else {
          throw element.outOfRange(.bytes)
        }
        body(byte)
      }
      return
    }
    let content = try stringContent(expected: .bytes)
    var decoder = GoBase64Decoder()
    content.forEachByte { decoder.consume($0, body) }
    guard decoder.finish(body) else { throw .invalidBase64(field: name) }
  }

  private func stringContent(expected: GoJSONError.Expected) throws(GoJSONError) -> GoJSONString {
    guard raw[0] == UInt8(ascii: "\""), raw.count >= 2 else {
      throw .wrongType(field: name, expected: expected)
    }
    return GoJSONString(raw: raw[1..<raw.count - 1])
  }

  private func magnitude(from start: Int, expected: GoJSONError.Expected) throws(GoJSONError) -> UInt64 {
    guard let first = raw[0], isDigit(first) || first == UInt8(ascii: "-") else {
      throw .wrongType(field: name, expected: expected)
    }
    guard start < raw.count else { throw outOfRange(expected) }
    var value: UInt64 = 0
    for index in start..<raw.count {
      guard let byte = raw[index], isDigit(byte) else { throw outOfRange(expected) }
      let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflows) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !productOverflows, !sumOverflows else { throw outOfRange(expected) }
      value = sum
    }
    return value
  }

  private func outOfRange(_ expected: GoJSONError.Expected) -> GoJSONError {
    .numberOutOfRange(field: name, expected: expected)
  }
}

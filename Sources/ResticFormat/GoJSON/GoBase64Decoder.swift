/// Go's `base64.StdEncoding`: padding is required, line feeds and carriage returns are skipped wherever they stand,
/// and the unused bits before the padding are not looked at.
struct GoBase64Decoder {
  private var digits: UInt32 = 0
  private var digitCount = 0
  private var paddingCount = 0
  private var isSound = true

  mutating func consume(_ byte: UInt8, _ body: (UInt8) -> Void) {
    if byte == 0x0A || byte == 0x0D || !isSound { return }
    if byte == UInt8(ascii: "=") {
      paddingCount += 1
      isSound = digitCount >= 2
      return
    }
    guard paddingCount == 0, let value = Self.value(byte) else {
      isSound = false
      return
    }
    digits = digits << 6 | value
    digitCount += 1
    guard digitCount == 4 else { return }
    body(UInt8(truncatingIfNeeded: digits >> 16))
    body(UInt8(truncatingIfNeeded: digits >> 8))
    body(UInt8(truncatingIfNeeded: digits))
    digits = 0
    digitCount = 0
  }

  /// Hands over the bytes of a padded end; `false` when the text was not base64.
  mutating func finish(_ body: (UInt8) -> Void) -> Bool {
    guard isSound else { return false }
    if digitCount == 0 { return paddingCount == 0 }
    guard digitCount + paddingCount == 4 else { return false }
    let bits = digits << (6 * UInt32(4 - digitCount))
    body(UInt8(truncatingIfNeeded: bits >> 16))
    if digitCount == 3 { body(UInt8(truncatingIfNeeded: bits >> 8)) }
    return true
  }

  private static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

/// The content of a JSON string as Go reads it, from the raw bytes between its quotation marks.
///
/// - Escapes are resolved; a surrogate without its partner becomes U+FFFD.
/// - Each byte that is not part of well-formed UTF-8 becomes one U+FFFD (Swift's own repair makes fewer of them).
struct GoJSONString {
  /// Between the quotation marks, escapes and all.
  let raw: ByteView
  /// Nothing in the string needs resolving or repairing.
  private let isPlainASCII: Bool

  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  init(raw: ByteView) {
    self.raw = raw
    isPlainASCII = raw.allSatisfy { byte in byte < 0x80 && byte != UInt8(ascii: "\\") }
  }

  var text: String {
    if isPlainASCII { return raw.text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    forEachByte { bytes.append($0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Hands over the resolved string as UTF-8, one byte at a time, so that a secret is copied nowhere.
  func forEachByte(_ body: (UInt8) -> Void) {
    var offset = 0
    while let byte = raw[offset] {
      if byte == UInt8(ascii: "\\") {
        resolveEscape(at: &offset, body)
      } else if byte < 0x80 {
        body(byte)
        offset += 1
      } else if let length = wellFormedLength(at: offset) {
        for index in offset..<offset + length { raw[index].map(body) }
        offset += length
      } else {
        Self.replacement.forEach(body)
        offset += 1
      }
    }
  }

  private func resolveEscape(at offset: inout Int, _ body: (UInt8) -> Void) {
    guard let letter = raw[offset + 1] else {
      offset += 1
      return
    }
    guard letter == UInt8(ascii: "u") else {
      offset += 2
      body(Self.escapedByte(letter))
      return
    }
    var value = codeUnit(at: offset) ?? 0xFFFD
    offset += 6
    if (0xD800...0xDFFF).contains(value) {
      if value < 0xDC00, let low = codeUnit(at: offset), (0xDC00...0xDFFF).contains(low) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
        offset += 6
      } else {
        value = 0xFFFD
      }
    }
    Unicode.Scalar(value).map { scalar in UTF8.encode(scalar)?.forEach(body) }
  }

  private static func escapedByte(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// The value of `\uXXXX` at `offset`, or `nil` when no such escape stands there.
  private func codeUnit(at offset: Int) -> UInt32? {
    guard raw[offset] == UInt8(ascii: "\\"), raw[offset + 1] == UInt8(ascii: "u") else { return nil }
    var value: UInt32 = 0
    for index in offset + 2..<offset + 6 {
      guard let byte = raw[index], let digit = hexadecimalDigitValue(byte) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// The length of the well-formed multi-byte sequence that starts at `offset` (Unicode, table 3-7).
  private func wellFormedLength(at offset: Int) -> Int? {
    guard let first = raw[offset] else { return nil }
    let second: ClosedRange<UInt8>
    let length: Int
    switch first {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard let next = raw[offset + 1], second.contains(next) else { return nil }
    for index in offset + 2..<max(offset + length, offset + 2) {
      guard let following = raw[index], (0x80...0xBF).contains(following) else { return nil }
    }
    return length
  }

  /// Whether a struct field of this name, which is ASCII, takes the value of a member with this key.
  ///
  /// Go compares exactly first and folded second. No struct of the format has two fields that fold to one name,
  /// so the folded comparison alone gives the same field: ASCII letters in either case, U+017F for `s` and
  /// U+212A for `k`.
  func names(_ field: StaticString) -> Bool {
    if isPlainASCII { return raw.equals(field, by: asciiLowercased) }
    // A letter takes six bytes at most, as `\u0070`: what is longer need not be folded, again for each field.
    guard raw.count <= 6 * field.utf8CodeUnitCount else { return false }
    return foldedName.withByteView { name in name.equals(field, by: asciiLowercased) }
  }

  /// The resolved string with the two letters replaced that are not ASCII and fold to ASCII.
  private var foldedName: [UInt8] {
    var bytes: [UInt8] = []
    forEachByte { byte in
      bytes.append(byte)
      // Compared with ==, `suffix` would be the one of Sequence, which goes through all bytes.
      if bytes.suffix(2).elementsEqual([0xC5, 0xBF]) {
        bytes.replaceSubrange(bytes.count - 2..<bytes.count, with: [UInt8(ascii: "s")])
      } else if bytes.suffix(3).elementsEqual([0xE2, 0x84, 0xAA]) {
        bytes.replaceSubrange(bytes.count - 3..<bytes.count, with: [UInt8(ascii: "k")])
      }
    }
    return bytes
  }
}

@inline(__always)
private func asciiLowercased(_ byte: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte
}

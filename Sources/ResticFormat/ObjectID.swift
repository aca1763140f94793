internal import ResticCrypto

/// The SHA-256 of a stored file, which is also its name (restic design document, "Repository Format").
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  package let hex: String

  /// `nil` unless `hex` is exactly 64 lower-case hexadecimal digits.
  package init?(hex: String) {
    let bytes = hex.utf8
    guard bytes.count == 64, bytes.allSatisfy(Self.isLowerCaseHex) else { return nil }
    self.hex = hex
  }

  /// The ID of a file with these bytes.
  package init(hashOf file: [UInt8]) {
    hex = SHA256.hex(file)
  }

  /// Whether a file with these bytes has this ID.
  package func isHash(of file: [UInt8]) -> Bool {
    var digits = hex.utf8.makeIterator()
    for byte in SHA256.digest(file) {
      guard let high = digits.next(), let low = digits.next(), hexadecimalDigitValue(high) == byte >> 4,
        hexadecimalDigitValue(low) == byte & 0xF
      else { return false }
    }
    return true
  }

  /// The eight digits that restic and reslock show to people.
  package var short: String { String(hex.prefix(8)) }
  package var description: String { hex }

  package static func < (left: ObjectID, right: ObjectID) -> Bool { left.hex < right.hex }

  private static func isLowerCaseHex(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}

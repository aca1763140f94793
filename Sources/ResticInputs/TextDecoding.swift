package import ResticCrypto
internal import ResticStorage

/// Text as restic reads its password and repository files: a byte order mark names the encoding and is cut off.
///
/// UTF-16 of either order becomes UTF-8, with U+FFFD for a lone surrogate and for an odd last byte. Without a mark,
/// and after a UTF-8 mark, the bytes stay as they are, UTF-8 or not.
extension SecretBytes {
  /// The text decoded, and without the white space around it.
  package func decodedAndTrimmed() -> SecretBytes {
    withUnsafeBytes { bytes in
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
        return Self.trimmed(UnsafeRawBufferPointer(rebasing: bytes[3...]))
      }
      let isBigEndian = bytes.starts(with: [0xfe, 0xff])
      guard isBigEndian || bytes.starts(with: [0xff, 0xfe]) else { return Self.trimmed(bytes) }
      return Self.fromUTF16(UnsafeRawBufferPointer(rebasing: bytes[2...]), isBigEndian: isBigEndian)
    }
  }

  /// A copy without the white space around it (Go's `strings.TrimSpace`).
  package func trimmed() -> SecretBytes { withUnsafeBytes { Self.trimmed($0) } }

  /// A copy of a part.
  func part(_ range: Range<Int>) -> SecretBytes {
    withUnsafeBytes {
      SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0[range.clamped(to: $0.indices)]))
    }
  }

  private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> SecretBytes {
    SecretBytes(copying: UnsafeRawBufferPointer(rebasing: bytes[WhiteSpace.trimmedRange(of: bytes)]))
  }

  private static func fromUTF16(_ bytes: UnsafeRawBufferPointer, isBigEndian: Bool) -> SecretBytes {
    var count = 0
    // Two bytes of UTF-16 become at most three of UTF-8, and an odd one becomes three.
    let decoded = SecretBytes(byteCount: bytes.count / 2 * 3 + 3) { output in
      func write(_ scalar: Unicode.Scalar) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter where count < output.count {
          output[count] = byte
          count += 1
        }
      }
      let units = (0..<bytes.count / 2).lazy.map { index in
        let (first, second) = (UInt16(bytes[2 * index]), UInt16(bytes[2 * index + 1]))
        return isBigEndian ? first << 8 | second : second << 8 | first
      }
      var decoder = UTF16()
      var remaining = units.makeIterator()
      decoding: while true {
        switch decoder.decode(&remaining) {
        case .scalarValue(let scalar): write(scalar)
        case .error: write("\u{fffd}")
        case .emptyInput: break decoding
        }
      }
      if !bytes.count.isMultiple(of: 2) { write("\u{fffd}") }
    }
    return decoded.part(0..<count).trimmed()
  }
}

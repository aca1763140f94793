internal import ResticCrypto

/// The first line of an input that is no terminal.
enum LineReader {
  /// restic's own bound, which is that of Go's `bufio.Scanner`.
  static let byteLimit = (64 << 10) - 1

  /// The line without its end (`\n` or `\r\n`), not trimmed; empty at the end of the input.
  ///
  /// Reads no byte beyond the line's end, so that whoever reads on finds the rest.
  static func readFirstLine(of descriptor: Int32) throws(InputError) -> SecretBytes {
    var count = 0
    let newline = UInt8(ascii: "\n")
    let whole = try SecretBytes(byteCount: byteLimit + 1) { buffer throws(InputError) in
      do throws(SystemError) {
        while count < buffer.count {
          let next = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + 1])
          guard try descriptor.readSome(into: next) > 0 else { return }
          if next[0] == newline {
            if count > 0, buffer[count - 1] == UInt8(ascii: "\r") { count -= 1 }
            return
          }
          count += 1
        }
      } catch {
        throw InputError(.noPassword, "cannot read the password from standard input: \(error)")
      }
      throw InputError(
        .noPassword,
        "cannot read the password from standard input: its first line has more than \(byteLimit) bytes")
    }
    return whole.part(0..<count)
  }
}

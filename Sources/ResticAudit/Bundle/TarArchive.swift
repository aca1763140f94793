/// A POSIX ustar archive in which everything but names, sizes and contents is always the same.
enum TarArchive {
  static let blockByteCount = 512

  struct Member: Sendable {
    let name: String
    let content: [UInt8]
  }

  /// Appends a member: its header, its content and zeros up to a whole block.
  static func append(_ member: Member, to archive: inout [UInt8]) {
    archive += header(name: member.name, byteCount: member.content.count)
    archive += member.content
    archive += [UInt8](repeating: 0, count: padding(member.content.count))
  }

  /// What ends an archive.
  static let end = [UInt8](repeating: 0, count: 2 * blockByteCount)

  static func padding(_ byteCount: Int) -> Int {
    (blockByteCount - byteCount % blockByteCount) % blockByteCount
  }

  /// One block: mode 0644, owner 0, time 0, so that equal contents give equal archives.
  static func header(name: String, byteCount: Int) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: blockByteCount)
    func put(_ text: String, at offset: Int, limit: Int) {
      for (index, byte) in text.utf8.prefix(limit).enumerated() { block[offset + index] = byte }
    }
    put(name, at: 0, limit: 100)
    put("0000644\0", at: 100, limit: 8)
    put("0000000\0", at: 108, limit: 8)
    put("0000000\0", at: 116, limit: 8)
    put(octal(byteCount, 11) + "\0", at: 124, limit: 12)
    put("00000000000\0", at: 136, limit: 12)
    put("        ", at: 148, limit: 8)
    put("0", at: 156, limit: 1)
    put("ustar\0" + "00", at: 257, limit: 8)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, 6) + "\0 ", at: 148, limit: 8)
    return block
  }

  /// Name and size in a header; `nil` where it holds none.
  static func read(header block: ArraySlice<UInt8>) -> (name: String, byteCount: Int)? {
    guard block.count == blockByteCount else { return nil }
    let name = block.prefix(100).prefix { $0 != 0 }
    let digits = block.dropFirst(124).prefix(11)
    guard !name.isEmpty,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) })
    else { return nil }
    let byteCount = digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
    return (String(decoding: name, as: UTF8.self), byteCount)
  }

  private static func octal(_ value: Int, _ digitCount: Int) -> String {
    let digits = String(max(value, 0), radix: 8)
    return String(repeating: "0", count: max(digitCount - digits.utf8.count, 0)) + digits
  }
}

internal import CZlib

/// Why compressed bytes could not be read on.
package enum GzipError: Error, Equatable, CustomStringConvertible {
  case damaged(String)
  case truncated
  case tooLarge(byteLimit: Int)
  case outOfMemory

  package var description: String {
    switch self {
    case .damaged(let reason): "its gzip data is damaged (\(reason))"
    case .truncated: "its gzip data ends too early"
    case .tooLarge(let limit): "it unpacks to more than \(limit) bytes"
    case .outOfMemory: "there is no memory to unpack it"
    }
  }
}

/// Unpacks gzip (RFC 1952) chunk by chunk: all members one after the other, zeros behind them ignored.
@safe
package struct GzipDecoder: ~Copyable {
  /// A server's log of a year has less; what unpacks to more is a trap.
  package static let standardByteLimit = 1 << 36

  /// The first two bytes of a gzip file.
  package static let magic: [UInt8] = [0x1f, 0x8b]

  private static let outputByteCount = 1 << 18

  private let stream: UnsafeMutablePointer<z_stream>
  private let byteLimit: Int
  private var byteCount = 0
  private var output = [UInt8](repeating: 0, count: outputByteCount)
  private var isBetweenMembers = false
  private var isInPadding = false

  package init(byteLimit: Int = standardByteLimit) throws(GzipError) {
    self.byteLimit = byteLimit
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for "gzip only".
    let code = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw .outOfMemory }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Takes the next compressed bytes; `body` gets what they unpack to, in pieces.
  package mutating func decode(_ input: [UInt8], _ body: ([UInt8]) -> Void) throws(GzipError) {
    var start = 0
    while start < input.count {
      if isBetweenMembers {
        if isInPadding || input[start] == 0 {
          guard input[start] == 0 else { throw .damaged("something follows its padding") }
          isInPadding = true
          start += 1
          continue
        }
        unsafe inflateReset(stream)
        isBetweenMembers = false
      }
      start = try inflateOnce(input, from: start, body)
    }
  }

  /// Tells whether the file may end here.
  package func finish() throws(GzipError) {
    if !isBetweenMembers { throw .truncated }
  }

  private mutating func inflateOnce(
    _ input: [UInt8], from start: Int, _ body: ([UInt8]) -> Void
  ) throws(GzipError) -> Int {
    var next = start
    var code = Z_OK
    var produced = 0
    var isFull = true
    while isFull, code == Z_OK {
      (code, next, produced) = step(input, from: next)
      byteCount += produced
      if byteCount > byteLimit { throw .tooLarge(byteLimit: byteLimit) }
      if produced > 0 { body(Array(output.prefix(produced))) }
      isFull = produced == output.count
    }
    switch code {
    case Z_OK, Z_BUF_ERROR: return next
    case Z_STREAM_END:
      isBetweenMembers = true
      return next
    case Z_MEM_ERROR: throw .outOfMemory
    default:
      let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
      throw .damaged(reason ?? "code \(code)")
    }
  }

  private mutating func step(_ input: [UInt8], from start: Int) -> (code: CInt, next: Int, produced: Int) {
    let stream = unsafe stream
    let capacity = output.count
    return unsafe output.withUnsafeMutableBufferPointer { room in
      unsafe input.withUnsafeBufferPointer { bytes in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: bytes.baseAddress.map { unsafe $0 + start })
        unsafe stream.pointee.avail_in = UInt32(clamping: bytes.count - start)
        unsafe stream.pointee.next_out = room.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: capacity)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        let next = unsafe bytes.count - Int(stream.pointee.avail_in)
        return unsafe (code, next, capacity - Int(stream.pointee.avail_out))
      }
    }
  }
}

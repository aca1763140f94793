internal import NIOCore

/// Cuts what the server sends into packets; their lengths are off.
struct SFTPFraming: NIOSingleStepByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  /// What OpenSSH's own programs accept.
  static let packetByteLimit: UInt32 = 256 << 10

  mutating func decode(buffer: inout ByteBuffer) throws -> ByteBuffer? {
    guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
    guard (1...Self.packetByteLimit).contains(length) else {
      throw SFTPProtocolError.noPacket(buffer, length: length)
    }
    guard buffer.readableBytes >= 4 + Int(length) else { return nil }
    buffer.moveReaderIndex(forwardBy: 4)
    return buffer.readSlice(length: Int(length))
  }

  /// A packet cut off by the end of the stream is dropped: the end itself is what everybody hears of.
  mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> ByteBuffer? {
    try decode(buffer: &buffer)
  }
}

internal import NIOCore

/// Reads the fields of a packet; what is too short throws, and nothing is believed beyond the packet's end.
///
/// SFTP version 3 (draft-ietf-secsh-filexfer-02, section 3): integers are big-endian, strings have their length before
/// them.
struct SFTPReader {
  private var buffer: ByteBuffer

  init(_ buffer: ByteBuffer) { self.buffer = buffer }

  mutating func uint8() throws(SFTPProtocolError) -> UInt8 { try integer() }
  mutating func uint32() throws(SFTPProtocolError) -> UInt32 { try integer() }
  mutating func uint64() throws(SFTPProtocolError) -> UInt64 { try integer() }

  mutating func bytes() throws(SFTPProtocolError) -> ByteBuffer {
    let count = try uint32()
    guard count <= buffer.readableBytes, let slice = buffer.readSlice(length: Int(count)) else {
      throw .shortPacket
    }
    return slice
  }

  /// Text of any bytes; what is not UTF-8 comes repaired.
  mutating func text() throws(SFTPProtocolError) -> String {
    String(decoding: try bytes().readableBytesView, as: UTF8.self)
  }

  var isAtEnd: Bool { buffer.readableBytes == 0 }

  private mutating func integer<Value: FixedWidthInteger>() throws(SFTPProtocolError) -> Value {
    guard let value = buffer.readInteger(as: Value.self) else { throw .shortPacket }
    return value
  }
}

internal import NIOCore

/// What a server sent that is not SFTP version 3; the connection is of no use afterwards.
enum SFTPProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
  case shortPacket
  /// Beyond what any client has to accept, or nothing.
  case packetLength(UInt32)
  /// The beginning of a text that stands where a packet belongs.
  case text(String)
  case unknownType(UInt8)
  case unknownRequest(UInt32)
  case unexpectedAnswer(String)
  case version(UInt32)

  /// What to make of bytes that can't begin a packet: mostly a login script that prints something.
  static func noPacket(_ bytes: ByteBuffer, length: UInt32) -> SFTPProtocolError {
    let beginning = bytes.readableBytesView.prefix(60)
    let isText = beginning.allSatisfy { (0x20..<0x7f).contains($0) || (0x09...0x0d).contains($0) }
    guard isText else { return .packetLength(length) }
    return .text(String(decoding: beginning.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self))
  }

  var description: String {
    switch self {
    case .shortPacket: "a packet of the server ends too early"
    case .packetLength(let length): "the server announces a packet of \(length) bytes, which is no SFTP"
    case .text(let beginning):
      "what should be SFTP begins with the text “\(beginning)”: perhaps a login script on the server prints it"
    case .unknownType(let type): "the server sent a packet of the unknown type \(type)"
    case .unknownRequest(let id): "the server answered a request \(id) that was not made"
    case .unexpectedAnswer(let what): "the server's answer does not fit the request: \(what)"
    case .version(let version): "the server speaks SFTP version \(version), and reslock version 3"
    }
  }
}

internal import NIOCore

/// What a server answers to one request (draft-ietf-secsh-filexfer-02, section 7).
enum SFTPReply: Sendable {
  case status(SFTPStatus)
  case handle(ByteBuffer)
  case data(ByteBuffer)
  case names([(name: String, attributes: SFTPAttributes)])
  case attributes(SFTPAttributes)
  case extended

  /// Reads a packet after its length; which request it answers, and the answer.
  static func parse(_ packet: ByteBuffer) throws(SFTPProtocolError) -> (id: UInt32, reply: SFTPReply) {
    var reader = SFTPReader(packet)
    let type = try reader.uint8()
    let id = try reader.uint32()
    switch type {
    case 101: return (id, .status(try SFTPStatus(&reader)))
    case 102:
      let handle = try reader.bytes()
      // Section 4: no longer than that.
      guard handle.readableBytes <= 256 else { throw .unexpectedAnswer("a handle of more than 256 bytes") }
      return (id, .handle(handle))
    case 103: return (id, .data(try reader.bytes()))
    case 104:
      var names: [(name: String, attributes: SFTPAttributes)] = []
      // Each entry takes twelve bytes at least, so a lie about their number ends with the packet.
      for _ in 0..<(try reader.uint32()) {
        let name = try reader.text()
        _ = try reader.bytes()
        names.append((name: name, attributes: try SFTPAttributes(&reader)))
      }
      return (id, .names(names))
    case 105: return (id, .attributes(try SFTPAttributes(&reader)))
    case 201: return (id, .extended)
    default: throw .unknownType(type)
    }
  }

  /// For messages: what kind of answer this is.
  var kindText: String {
    switch self {
    case .status(let status): "the status \(status.code.rawValue)"
    case .handle: "a handle"
    case .data: "data"
    case .names: "names"
    case .attributes: "attributes"
    case .extended: "an extended reply"
    }
  }
}

/// How a request went.
struct SFTPStatus: Sendable {
  struct Code: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32
    static let ok = Code(rawValue: 0)
    static let endOfFile = Code(rawValue: 1)
    static let noSuchFile = Code(rawValue: 2)
    static let permissionDenied = Code(rawValue: 3)
    static let failure = Code(rawValue: 4)
    static let noConnection = Code(rawValue: 6)
    static let connectionLost = Code(rawValue: 7)
    static let unsupported = Code(rawValue: 8)
  }

  let code: Code
  /// The server's own words, cut short; anything may stand in them.
  let message: String

  /// Some servers leave the message out.
  init(_ reader: inout SFTPReader) throws(SFTPProtocolError) {
    code = Code(rawValue: try reader.uint32())
    message = reader.isAtEnd ? "" : String(try reader.text().prefix(200))
  }
}

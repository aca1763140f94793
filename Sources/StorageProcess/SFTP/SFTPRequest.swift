internal import NIOCore

/// One request (draft-ietf-secsh-filexfer-02, section 6), without its number.
enum SFTPRequest: Sendable {
  case open(path: String, flags: OpenFlags, SFTPAttributes)
  case close(handle: ByteBuffer)
  case read(handle: ByteBuffer, offset: UInt64, count: UInt32)
  case write(handle: ByteBuffer, offset: UInt64, data: ArraySlice<UInt8>)
  case linkStatus(path: String)
  case setFileStatus(handle: ByteBuffer, SFTPAttributes)
  case setStatus(path: String, SFTPAttributes)
  case openFolder(path: String)
  case readFolder(handle: ByteBuffer)
  case remove(path: String)
  case makeFolder(path: String, SFTPAttributes)
  case status(path: String)
  case rename(from: String, to: String)
  case hardLink(from: String, to: String)
  case sync(handle: ByteBuffer)

  struct OpenFlags: OptionSet, Sendable {
    let rawValue: UInt32
    static let read = OpenFlags(rawValue: 0x01)
    static let write = OpenFlags(rawValue: 0x02)
    static let create = OpenFlags(rawValue: 0x08)
    static let exclusive = OpenFlags(rawValue: 0x20)
  }

  private var type: UInt8 {
    switch self {
    case .open: 3
    case .close: 4
    case .read: 5
    case .write: 6
    case .linkStatus: 7
    case .setStatus: 9
    case .setFileStatus: 10
    case .openFolder: 11
    case .readFolder: 12
    case .remove: 13
    case .makeFolder: 14
    case .status: 17
    case .rename: 18
    case .hardLink, .sync: 200
    }
  }

  /// The whole packet, its length before it.
  func packet(id: UInt32) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeInteger(type)
    body.writeInteger(id)
    switch self {
    case .open(let path, let flags, let attributes):
      body.writeSFTP(path)
      body.writeInteger(flags.rawValue)
      attributes.write(to: &body)
    case .close(let handle), .readFolder(let handle): body.writeSFTP(handle)
    case .read(let handle, let offset, let count):
      body.writeSFTP(handle)
      body.writeInteger(offset)
      body.writeInteger(count)
    case .write(let handle, let offset, let data):
      body.writeSFTP(handle)
      body.writeInteger(offset)
      body.writeInteger(UInt32(clamping: data.count))
      body.writeBytes(data)
    case .linkStatus(let path), .openFolder(let path), .remove(let path), .status(let path):
      body.writeSFTP(path)
    case .setFileStatus(let handle, let attributes):
      body.writeSFTP(handle)
      attributes.write(to: &body)
    case .setStatus(let path, let attributes), .makeFolder(let path, let attributes):
      body.writeSFTP(path)
      attributes.write(to: &body)
    case .rename(let from, let to):
      body.writeSFTP(from)
      body.writeSFTP(to)
    case .hardLink(let from, let to):
      body.writeSFTP(SFTPExtension.hardLink.name)
      body.writeSFTP(from)
      body.writeSFTP(to)
    case .sync(let handle):
      body.writeSFTP(SFTPExtension.sync.name)
      body.writeSFTP(handle)
    }
    var packet = ByteBuffer(integer: UInt32(clamping: body.readableBytes))
    packet.writeBuffer(&body)
    return packet
  }

  /// What begins a session: we speak version 3.
  static let initialPacket = ByteBuffer(bytes: [0, 0, 0, 5, 1, 0, 0, 0, 3])
}

/// What OpenSSH adds to SFTP version 3 (openssh/PROTOCOL, section 4), as far as reslock uses it.
enum SFTPExtension: Sendable, CaseIterable {
  case hardLink, sync

  var name: String {
    switch self {
    case .hardLink: "hardlink@openssh.com"
    case .sync: "fsync@openssh.com"
    }
  }
}

extension ByteBuffer {
  fileprivate mutating func writeSFTP(_ text: String) {
    writeInteger(UInt32(clamping: text.utf8.count))
    writeString(text)
  }

  fileprivate mutating func writeSFTP(_ bytes: ByteBuffer) {
    writeInteger(UInt32(clamping: bytes.readableBytes))
    writeImmutableBuffer(bytes)
  }
}

internal import NIOCore
internal import ResticStorage
internal import WallTime

/// What SFTP version 3 tells of a file (draft-ietf-secsh-filexfer-02, section 5); every part may be missing.
struct SFTPAttributes: Hashable, Sendable {
  struct Owner: Hashable, Sendable {
    var uid: UInt32
    var gid: UInt32
  }

  var size: UInt64?
  var owner: Owner?
  /// Mode and, from every server of weight, the kind of file, as `st_mode` has them.
  var permissions: UInt32?
  /// Whole seconds since 1970.
  var times: (accessed: UInt32, modified: UInt32)?

  private enum Flag {
    static let size: UInt32 = 1
    static let owner: UInt32 = 2
    static let permissions: UInt32 = 4
    static let times: UInt32 = 8
    static let extended: UInt32 = 0x8000_0000
  }

  init(size: UInt64? = nil, owner: Owner? = nil, permissions: UInt32? = nil, modified: UInt32? = nil) {
    self.size = size
    self.owner = owner
    self.permissions = permissions
    times = modified.map { (accessed: $0, modified: $0) }
  }

  init(_ reader: inout SFTPReader) throws(SFTPProtocolError) {
    let flags = try reader.uint32()
    if flags & Flag.size != 0 { size = try reader.uint64() }
    if flags & Flag.owner != 0 { owner = Owner(uid: try reader.uint32(), gid: try reader.uint32()) }
    if flags & Flag.permissions != 0 { permissions = try reader.uint32() }
    if flags & Flag.times != 0 { times = (accessed: try reader.uint32(), modified: try reader.uint32()) }
    guard flags & Flag.extended != 0 else { return }
    // Each pair takes eight bytes at least, so a lie about their number ends with the packet.
    for _ in 0..<(try reader.uint32()) {
      _ = try reader.bytes()
      _ = try reader.bytes()
    }
  }

  func write(to buffer: inout ByteBuffer) {
    var flags: UInt32 = 0
    if size != nil { flags |= Flag.size }
    if owner != nil { flags |= Flag.owner }
    if permissions != nil { flags |= Flag.permissions }
    if times != nil { flags |= Flag.times }
    buffer.writeInteger(flags)
    if let size { buffer.writeInteger(size) }
    if let owner { buffer.writeMultipleIntegers(owner.uid, owner.gid) }
    if let permissions { buffer.writeInteger(permissions) }
    if let times { buffer.writeMultipleIntegers(times.accessed, times.modified) }
  }

  /// `nil` where the server does not tell it.
  var kind: FileEntry.Kind? {
    guard let permissions else { return nil }
    return switch permissions & 0o170000 {
    case 0o100000: .regular
    case 0o040000: .directory
    case 0o120000: .symbolicLink
    // No kind at all: mode bits alone.
    case 0: nil
    default: .other
    }
  }

  /// `nil` where the server tells neither size nor kind, as then nobody knows what it is.
  func entry(named name: String) -> FileEntry? {
    guard let size, let kind else { return nil }
    return FileEntry(
      name: name, byteCount: Int64(clamping: size),
      modified: times.map { UnixTime(seconds: Int64($0.modified)) }, kind: kind)
  }

  static func == (left: Self, right: Self) -> Bool {
    left.size == right.size && left.owner == right.owner && left.permissions == right.permissions
      && left.times?.accessed == right.times?.accessed && left.times?.modified == right.times?.modified
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(size)
    hasher.combine(owner)
    hasher.combine(permissions)
    hasher.combine(times?.modified)
  }
}

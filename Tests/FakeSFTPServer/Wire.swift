#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes of a packet, written and read; this program's own, so that a mistake in reslock's can't hide in it.
struct Packet {
  var bytes: [UInt8] = []
  private var position = 0

  init() {}
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func put8(_ value: UInt8) { bytes.append(value) }
  mutating func put32(_ value: UInt32) {
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(value >> shift & 0xff)) }
  }
  mutating func put64(_ value: UInt64) {
    put32(UInt32(value >> 32))
    put32(UInt32(value & 0xffff_ffff))
  }
  mutating func putText(_ text: [UInt8]) {
    put32(UInt32(text.count))
    bytes += text
  }
  mutating func putText(_ text: String) { putText(Array(text.utf8)) }

  mutating func take8() -> UInt8 {
    guard position < bytes.count else { exit(3) }
    defer { position += 1 }
    return bytes[position]
  }
  mutating func take32() -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 { value = value << 8 | UInt32(take8()) }
    return value
  }
  mutating func take64() -> UInt64 { UInt64(take32()) << 32 | UInt64(take32()) }
  mutating func takeBytes() -> [UInt8] { (0..<take32()).map { _ in take8() } }
  mutating func takeText() -> String { String(decoding: takeBytes(), as: UTF8.self) }

  /// The permissions among a set of attributes, if they are there.
  mutating func takePermissions() -> UInt32? {
    let flags = take32()
    if flags & 1 != 0 { _ = take64() }
    if flags & 2 != 0 { _ = take64() }
    return flags & 4 != 0 ? take32() : nil
  }
}

enum Stream {
  static func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let step = bytes.withUnsafeMutableBytes { buffer in
        #if canImport(Glibc)
          Glibc.read(0, buffer.baseAddress.map { $0 + done }, count - done)
        #else
          Darwin.read(0, buffer.baseAddress.map { $0 + done }, count - done)
        #endif
      }
      if step <= 0 { return nil }
      done += step
    }
    return bytes
  }

  static func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let step = rest.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.write(1, buffer.baseAddress, buffer.count)
        #else
          Darwin.write(1, buffer.baseAddress, buffer.count)
        #endif
      }
      guard step > 0 else { exit(0) }
      rest = rest.dropFirst(step)
    }
  }

  static func send(_ packet: Packet) {
    var framed = Packet()
    framed.put32(UInt32(packet.bytes.count))
    write(framed.bytes + packet.bytes)
  }

  /// The next packet of the client, its length off.
  static func receive() -> Packet? {
    guard let head = read(4) else { return nil }
    var length = Packet(head)
    return read(Int(length.take32())).map(Packet.init)
  }
}

import NIOCore
import ResticStorage
import Testing
import WallTime

@testable import StorageProcess

@Suite struct SFTPPacketTests {
  /// One sound packet of each kind, without its length.
  private static let packets: [[UInt8]] = [
    [101, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0x6e, 0x6f, 0, 0, 0, 0],
    [102, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2],
    [103, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3],
    [104, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0x62, 0, 0, 0, 15]
      + [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0x81, 0x80, 0, 0, 0, 5, 0, 0, 0, 6],
    [105, 0, 0, 0, 1, 0x80, 0, 0, 4, 0, 0, 0x41, 0xc0, 0, 0, 0, 1, 0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0x62],
    [201, 0, 0, 0, 1, 7, 7],
  ]

  @Test("sound packets of every kind are read")
  func sound() throws {
    for packet in Self.packets { #expect(try SFTPReply.parse(ByteBuffer(bytes: packet)).id == 1) }
    guard case .names(let names) = try SFTPReply.parse(ByteBuffer(bytes: Self.packets[3])).reply else {
      Issue.record("no names")
      return
    }
    let entry = try #require(names.first?.attributes.entry(named: "a"))
    #expect(entry.byteCount == 9 && entry.kind == .regular && entry.modified?.seconds == 6)
  }

  @Test("packets that end too early are refused, wherever they end")
  func short() throws {
    for packet in Self.packets.dropLast() {
      for length in 0..<packet.count {
        // A status without words is what some servers send.
        let isTerse = packet[0] == 101 && length == 9
        let parsed = try? SFTPReply.parse(ByteBuffer(bytes: packet.prefix(length)))
        let hasLanguage = packet[0] != 101 || length < 15
        if !isTerse, hasLanguage { #expect(parsed == nil, "\(packet[0]), \(length) bytes") }
      }
    }
  }

  @Test("no packet traps, whatever bits are flipped in it")
  func flipped() {
    for packet in Self.packets {
      for index in packet.indices {
        for bit in 0..<8 {
          var flipped = packet
          flipped[index] ^= 1 << bit
          _ = try? SFTPReply.parse(ByteBuffer(bytes: flipped))
        }
      }
    }
  }

  @Test("only lengths that a packet can have are waited for")
  func lengths() throws {
    var framing = SFTPFraming()
    for length: UInt32 in [0, (256 << 10) + 1, .max] {
      var buffer = ByteBuffer(integer: length)
      #expect(throws: SFTPProtocolError.self) { _ = try framing.decode(buffer: &buffer) }
    }
    var whole = ByteBuffer(bytes: [0, 0, 0, 2, 8, 9, 0, 0, 0, 5, 1])
    #expect(try framing.decode(buffer: &whole) == ByteBuffer(bytes: [8, 9]))
    #expect(try framing.decode(buffer: &whole) == nil)
  }
}

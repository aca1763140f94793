import Foundation
import LockFailureLogs
import TestSupport
import Testing

@Suite("Unpacking gzip")
struct GzipDecoderTests {
  private static func compressed(_ bytes: [UInt8]) async throws -> [UInt8] {
    let result = try await ChildProcess.run("gzip", ["-c"], standardInput: Data(bytes))
    try #require(result.exitCode == 0)
    return result.stdoutBytes
  }

  private static func unpacked(
    _ bytes: [UInt8], chunkSize: Int = 1 << 16, byteLimit: Int = 1 << 30
  ) throws(GzipError) -> [UInt8] {
    var decoder = try GzipDecoder(byteLimit: byteLimit)
    var result: [UInt8] = []
    var start = 0
    while start < bytes.count {
      let end = min(start + chunkSize, bytes.count)
      try decoder.decode(Array(bytes[start..<end])) { result += $0 }
      start = end
    }
    try decoder.finish()
    return result
  }

  @Test(
    "members one after the other come back whole, whatever the chunks", arguments: [1, 2, 19, 1000, 1 << 20])
  func members(chunkSize: Int) async throws {
    let first = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let second = Array("second\n".utf8)
    var bytes = try await Self.compressed(first)
    bytes += try await Self.compressed(second)
    bytes += [0, 0, 0]
    let expected = first + second
    let unpacked = try Self.unpacked(bytes, chunkSize: chunkSize)
    #expect(unpacked == expected)
  }

  @Test("damage, a cut and foreign bytes behind are errors, at any place")
  func damage() async throws {
    let whole = try await Self.compressed(Array("a log with some text in it, and more text\n".utf8))
    for count in 1..<whole.count {
      #expect(throws: GzipError.truncated) { try Self.unpacked(Array(whole.prefix(count))) }
    }
    // A bit that only fills up the last byte of the data may be anything; any other is noticed.
    let content = try Self.unpacked(whole)
    var noticed = 0
    for index in 10..<whole.count {
      var bytes = whole
      bytes[index] ^= 0x40
      do {
        let unpacked = try Self.unpacked(bytes)
        #expect(unpacked == content)
      } catch {
        noticed += 1
      }
    }
    #expect(noticed >= whole.count - 11)
    for tail: [UInt8] in [[1, 2, 3], [0, 1]] {
      let bytes = whole + tail
      #expect(throws: GzipError.self) { try Self.unpacked(bytes) }
    }
    #expect(throws: GzipError.truncated) { try Self.unpacked([]) }
  }

  @Test("what unpacks to more than allowed is refused")
  func bomb() async throws {
    let bytes = try await Self.compressed([UInt8](repeating: 0, count: 10 << 20))
    #expect(throws: GzipError.tooLarge(byteLimit: 1 << 20)) { try Self.unpacked(bytes, byteLimit: 1 << 20) }
  }
}

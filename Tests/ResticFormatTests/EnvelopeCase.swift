import ResticFormat
import TestSupport
import Testing

/// What may be sealed in a lock file, and what becomes of it.
struct EnvelopeCase: Sendable, CustomTestStringConvertible {
  let name: String
  let version: Int
  let plaintext: [UInt8]
  /// `nil` where the lock is accepted.
  let defect: LockDefect.Kind?
  let message: String?

  var testDescription: String { "version \(version): \(name)" }

  static let json = Array(#"{"hostname":"h","pid":7}"#.utf8)
  private static let frame = ZstdCompressor.compress(json)
  private static let checkedFrame = ZstdCompressor.compress(json, withChecksum: true)
  /// A raw block of `json` as restic's compressor writes it: a window, no size, no checksum.
  private static let rawFrame: [UInt8] = frame(header: [0x00, 0x00])

  static let all: [EnvelopeCase] = [
    accepted("plain JSON", 1, json),
    accepted("null", 1, Array("null".utf8)),
    accepted("white space before plain JSON", 1, Array(" {}".utf8)),
    refused("zstd", 1, [2] + frame, .json, "not JSON at byte 0"),
    refused("nothing", 1, [], .json, "the lock's content is empty"),
    accepted("plain JSON", 2, json),
    refused("a plain array", 2, Array("[]".utf8), .json, "the JSON value is not an object"),
    refused("plain null", 2, Array("null".utf8), .encoding, "the content's encoding, 110, is not one that"),
    refused("white space before plain JSON", 2, Array(" {}".utf8), .encoding, "encoding, 32,"),
    refused("encoding 0", 2, [0] + frame, .encoding, "encoding, 0,"),
    refused("encoding 1", 2, [1] + frame, .encoding, "encoding, 1,"),
    refused("encoding 3", 2, [3] + frame, .encoding, "encoding, 3,"),
    refused("encoding 7", 2, [7], .encoding, "encoding, 7,"),
    refused("encoding 255", 2, [255], .encoding, "encoding, 255,"),
    refused("nothing", 2, [], .json, "the lock's content is empty"),
    refused("the encoding byte alone", 2, [2], .json, "the lock's content is empty"),
    accepted("one frame", 2, [2] + frame),
    accepted("null in a frame", 2, [2] + ZstdCompressor.compress(Array("null".utf8))),
    accepted("white space in a frame", 2, [2] + ZstdCompressor.compress(Array(" \n{}".utf8))),
    accepted("a frame with a checksum", 2, [2] + checkedFrame),
    accepted("a raw block without a size", 2, [2] + rawFrame),
    accepted(
      "a compressed block", 2,
      [2] + ZstdCompressor.compress(Array(#"{"x":"\#(String(repeating: "abc", count: 3000))"}"#.utf8))),
    accepted(
      "several blocks", 2,
      [2] + ZstdCompressor.compress(Array(#"{"x":"\#(String(repeating: "abc", count: 100_000))"}"#.utf8))),
    accepted(
      "two frames that make one text", 2,
      [2] + ZstdCompressor.compress(Array(json[..<9])) + ZstdCompressor.compress(Array(json[9...]))),
    accepted("an empty frame before", 2, [2] + ZstdCompressor.compress([]) + frame),
    accepted("a skippable frame before", 2, [2] + ZstdCompressor.skippableFrame([1, 2, 3]) + frame),
    accepted("a skippable frame after", 2, [2] + frame + ZstdCompressor.skippableFrame([])),
    refused(
      "a skippable frame alone", 2, [2] + ZstdCompressor.skippableFrame([1]), .json,
      "the lock's content is empty"),
    refused("an empty frame", 2, [2] + ZstdCompressor.compress([]), .json, "the lock's content is empty"),
    refused("one byte after the frame", 2, [2] + frame + [0], .encoding, "is cut off"),
    refused("three bytes after the frame", 2, [2] + frame + [0x28, 0xB5, 0x2F], .encoding, "is cut off"),
    refused("four bytes after the frame", 2, [2] + frame + [1, 2, 3, 4], .encoding, "is cut off"),
    refused("a second frame cut off", 2, [2] + frame + frame.dropLast(), .encoding, "is cut off"),
    refused("the beginning of a magic number", 2, [2, 0x28, 0xB5, 0x2F], .encoding, "is cut off"),
    refused("a magic number alone", 2, [2, 0x28, 0xB5, 0x2F, 0xFD], .encoding, "is cut off"),
    refused("a frame cut off", 2, [2] + frame.dropLast(), .encoding, "is cut off"),
    refused("a checksum cut off", 2, [2] + checkedFrame.dropLast(), .encoding, "does not match its checksum"),
    refused(
      "a wrong checksum", 2, [2] + checkedFrame.dropLast() + [checkedFrame[checkedFrame.count - 1] ^ 1],
      .encoding, "does not match its checksum"),
    refused(
      "a skippable frame cut off", 2, [2] + ZstdCompressor.skippableFrame([1, 2]).dropLast(), .encoding, nil),
    refused("JSON after the encoding byte", 2, [2] + json, .encoding, "not in zstd's format"),
    refused(
      "text that is not JSON in a frame", 2, [2] + ZstdCompressor.compress(Array("lock".utf8)), .json, nil),
    refused("a frame in a frame", 2, [2] + ZstdCompressor.compress(frame), .json, nil),
    refused(
      "a frame that needs a dictionary", 2, [2] + frame(header: [0x01, 0x00, 0x07]), .encoding, "dictionary"),
    refused("a reserved bit", 2, [2] + frame(header: [0x08, 0x00]), .encoding, nil),
    refused("a reserved block type", 2, [2] + frame(header: [0x00, 0x00], blockType: 3), .encoding, nil),
    refused("a size that does not fit", 2, [2] + frame(header: [0x20, 0x05]), .encoding, nil),
    refused("an old frame format", 2, [2, 0x27] + rawFrame.dropFirst(), .encoding, nil),
  ]

  private static func frame(header: [UInt8], blockType: UInt8 = 0) -> [UInt8] {
    let blockHeader = UInt32(json.count) << 3 | UInt32(blockType) << 1 | 1
    return [0x28, 0xB5, 0x2F, 0xFD] + header
      + (0..<3).map { UInt8(truncatingIfNeeded: blockHeader >> (8 * $0)) } + json
  }

  private static func accepted(_ name: String, _ version: Int, _ plaintext: [UInt8]) -> EnvelopeCase {
    EnvelopeCase(name: name, version: version, plaintext: plaintext, defect: nil, message: nil)
  }

  private static func refused(
    _ name: String, _ version: Int, _ plaintext: [UInt8], _ defect: LockDefect.Kind, _ message: String?
  ) -> EnvelopeCase {
    EnvelopeCase(name: name, version: version, plaintext: plaintext, defect: defect, message: message)
  }
}

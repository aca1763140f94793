internal import LockFailureLogs

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A log that was read, as far as it could be.
struct LogInput {
  let name: String
  let isCompressed: Bool
  /// A sentence that names the file; `nil` where all was read.
  let problem: String?

  private static let chunkByteCount = 1 << 18

  /// Reads a file, FIFO or, for `-`, standard input; what was read before a problem counts.
  static func read(_ name: String, into reader: inout LockFailureLogReader) -> LogInput {
    let isStandardInput = name == "-"
    let descriptor = isStandardInput ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      return LogInput(name: name, isCompressed: false, problem: "cannot read \(name): \(systemMessage())")
    }
    defer { if !isStandardInput { close(descriptor) } }
    if isStandardInput, isatty(descriptor) == 1 {
      StandardStreams.tell("reading standard input; end it with Ctrl-D")
    }
    defer { reader.endFile() }
    var chunks = ChunkReader(descriptor: descriptor)
    let title = isStandardInput ? "standard input" : name
    do {
      let start = try chunks.first()
      if start.starts(with: GzipDecoder.magic) {
        return LogInput(
          name: name, isCompressed: true,
          problem: try unpack(start, &chunks, into: &reader).map { "cannot read \(title) whole: \($0)" })
      }
      var chunk = start
      while !chunk.isEmpty {
        reader.read(chunk)
        chunk = try chunks.next()
      }
      return LogInput(name: name, isCompressed: false, problem: nil)
    } catch {
      return LogInput(name: name, isCompressed: false, problem: "cannot read \(title): \(error.reason)")
    }
  }

  /// Gives back what is wrong with the compressed data.
  private static func unpack(
    _ start: [UInt8], _ chunks: inout ChunkReader, into reader: inout LockFailureLogReader
  ) throws(ReadError) -> GzipError? {
    var chunk = start
    do throws(GzipError) {
      var decoder = try GzipDecoder()
      while !chunk.isEmpty {
        try decoder.decode(chunk) { reader.read($0) }
        do {
          chunk = try chunks.next()
        } catch {
          throw GzipError.damaged(error.reason)
        }
      }
      try decoder.finish()
      return nil
    } catch {
      return error
    }
  }

  fileprivate static func systemMessage() -> String { String(cString: strerror(errno)) }

  private struct ReadError: Error {
    let reason: String
  }

  private struct ChunkReader {
    let descriptor: CInt
    private var buffer = [UInt8](repeating: 0, count: chunkByteCount)

    init(descriptor: CInt) { self.descriptor = descriptor }

    /// Two bytes at least, where there are so many: pipes hand over as little as one.
    mutating func first() throws(ReadError) -> [UInt8] {
      var bytes = try next()
      while !bytes.isEmpty, bytes.count < GzipDecoder.magic.count {
        let more = try next()
        if more.isEmpty { break }
        bytes += more
      }
      return bytes
    }

    /// The next bytes; none at the end.
    mutating func next() throws(ReadError) -> [UInt8] {
      while true {
        let count = readOnce(descriptor, &buffer)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw ReadError(reason: systemMessage()) }
        return Array(buffer.prefix(count))
      }
    }
  }
}

private func readOnce(_ descriptor: CInt, _ buffer: inout [UInt8]) -> Int {
  read(descriptor, &buffer, buffer.count)
}

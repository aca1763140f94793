internal import NIOCore
internal import ResticStorage

/// Reads one file.
struct SFTPReading {
  let session: SFTPSession
  let path: String
  let action: String

  /// What every server gives in one answer.
  private static let pieceByteCount = 32 << 10
  /// How many pieces of a file are asked for at once.
  private static let width = 8

  private struct Piece {
    let offset: Int
    let byteCount: Int
  }

  /// The whole content; `nil` when there are more than `byteLimit` bytes.
  ///
  /// `expected` is how many there probably are: those and the look beyond their end are asked for at once.
  func content(expected: Int, byteLimit: Int) async throws(StorageError) -> [UInt8]? {
    let handle = try await session.handle(
      .open(path: path, flags: .read, SFTPAttributes()), action: action)
    defer { session.closeLater(handle) }
    let deadline = session.deadline()
    var content: [UInt8] = []
    while true {
      try session.check(deadline, action: action)
      let pieces = Self.pieces(from: content.count, expected: expected)
      for (piece, data) in zip(pieces, try await answers(to: pieces, of: handle)) {
        guard let data else { return content }
        guard (1...piece.byteCount).contains(data.readableBytes) else {
          throw StorageError(
            .permanent, action: action,
            reason: SFTPProtocolError.unexpectedAnswer("it holds more or less than was asked for").description
          )
        }
        guard data.readableBytes <= byteLimit - content.count else { return nil }
        content.append(contentsOf: data.readableBytesView)
        // What comes behind a gap is asked for again.
        if data.readableBytes < piece.byteCount { break }
      }
    }
  }

  /// The pieces up to the expected end and a last one beyond it.
  private static func pieces(from start: Int, expected: Int) -> [Piece] {
    var pieces: [Piece] = []
    var offset = start
    while offset < expected, pieces.count < width - 1 {
      let byteCount = min(pieceByteCount, expected - offset)
      pieces.append(Piece(offset: offset, byteCount: byteCount))
      offset += byteCount
    }
    if offset >= expected { pieces.append(Piece(offset: offset, byteCount: pieceByteCount)) }
    return pieces
  }

  /// The data of each piece in the order of `pieces`; `nil` for the end of the file.
  private func answers(
    to pieces: [Piece], of handle: ByteBuffer
  ) async throws(StorageError) -> [ByteBuffer?] {
    do {
      return try await withThrowingTaskGroup(of: (Int, ByteBuffer?).self) { group in
        for (index, piece) in pieces.enumerated() {
          group.addTask { (index, try await data(piece, of: handle)) }
        }
        var answers = [ByteBuffer?](repeating: nil, count: pieces.count)
        for try await (index, data) in group { answers[index] = data }
        return answers
      }
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError(SFTPFailure(error), action: action)
    }
  }

  private func data(_ piece: Piece, of handle: ByteBuffer) async throws(StorageError) -> ByteBuffer? {
    let reply = try await session.reply(
      .read(handle: handle, offset: UInt64(piece.offset), count: UInt32(piece.byteCount)), action: action)
    switch reply {
    case .data(let data): return data
    case .status(let status) where status.code == .endOfFile: return nil
    case .status(let status) where status.code != .ok: throw StorageError(status, action: action)
    default: throw StorageError(unexpected: reply, action: action)
    }
  }
}

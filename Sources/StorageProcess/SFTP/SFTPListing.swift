internal import NIOCore
internal import ResticStorage

/// Lists one folder.
struct SFTPListing {
  let session: SFTPSession
  let path: String
  let action: String

  /// How many answers without a name are taken before that is too silly.
  private static let emptyAnswerLimit = 16

  func entries(_ limit: Int) async throws(StorageError) -> [FileEntry] {
    let handle = try await open()
    // Nobody has to wait for that.
    defer { session.closeLater(handle) }
    var found: [(name: String, attributes: SFTPAttributes)] = []
    var emptyAnswerCount = 0
    let deadline = session.deadline()
    reading: while true {
      try session.check(deadline, action: action)
      // One after the other: not every server keeps the place of a folder that is read twice at once.
      let reply = try await session.reply(.readFolder(handle: handle), action: action)
      switch reply {
      case .names(let names):
        let usable = names.filter { $0.name != "." && $0.name != ".." }
        emptyAnswerCount = names.isEmpty ? emptyAnswerCount + 1 : 0
        guard emptyAnswerCount <= Self.emptyAnswerLimit else {
          throw StorageError(.permanent, action: action, reason: "the server's listing does not end")
        }
        guard found.count + usable.count <= limit else {
          throw StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
        }
        found += usable
      case .status(let status) where status.code == .endOfFile: break reading
      case .status(let status) where status.code != .ok: throw StorageError(status, action: action)
      default: throw StorageError(unexpected: reply, action: action)
      }
    }
    var entries: [FileEntry] = []
    entries.reserveCapacity(found.count)
    for (name, attributes) in found { entries.append(try await entry(name, attributes, deadline)) }
    return entries
  }

  private func open() async throws(StorageError) -> ByteBuffer {
    do throws(StorageError) {
      return try await session.handle(.openFolder(path: path), action: action)
    } catch {
      // OpenSSH says the same of a file in the folder's place, which is a damaged repository.
      guard error.kind == .notFound,
        (try? await session.attributes(of: path, followsLinks: true, action: action)) != nil
      else { throw error }
      throw StorageError(.permanent, action: action, reason: "it is not a folder")
    }
  }

  /// Asks for what the listing does not tell; what vanishes meanwhile comes without size and time, as kind `.other`.
  private func entry(
    _ name: String, _ attributes: SFTPAttributes, _ deadline: ContinuousClock.Instant
  ) async throws(StorageError) -> FileEntry {
    if let entry = attributes.entry(named: name) { return entry }
    let unknown = FileEntry(name: name, byteCount: 0, modified: nil, kind: .other)
    guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") }) else {
      return unknown
    }
    try session.check(deadline, action: action)
    let asked: SFTPAttributes
    do throws(StorageError) {
      asked = try await session.attributes(of: "\(path)/\(name)", action: action)
    } catch {
      guard error.kind == .notFound else { throw error }
      return unknown
    }
    guard let entry = asked.entry(named: name) else {
      throw StorageError(
        .permanent, action: action, reason: "the server tells neither what \(name) is nor how large")
    }
    return entry
  }
}

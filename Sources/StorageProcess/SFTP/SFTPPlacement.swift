internal import NIOCore
internal import ResticStorage
internal import WallTime

/// Puts a file into a folder in one step: written beside its place, then given its name.
struct SFTPPlacement {
  let session: SFTPSession
  let folder: String
  /// The repository's `config`, which shows who may read.
  let config: String
  let action: String

  private static let pieceByteCount = 32 << 10

  /// Throws `.alreadyExists` where the name is taken, and leaves nothing behind when it fails.
  func place(_ content: [UInt8], as name: String, modified: UnixTime?) async throws(StorageError) {
    let path = "\(folder)/\(name)"
    // Some servers rename over what is there.
    if try await isThere(path) { throw alreadyExists }
    let model = try await session.attributes(of: config, followsLinks: true, action: action)
    // restic's own form of a temporary name, so that even a leftover is known for what it is.
    let temporary = "\(path)-restic-temp-\(Self.randomDigits())"
    let handle = try await create(temporary)
    do throws(StorageError) {
      try await write(content, to: handle)
      try await share(handle, as: model, modified: modified)
      if session.offers.contains(.sync) { try await session.perform(.sync(handle: handle), action: action) }
      try await session.perform(.close(handle: handle), action: action)
      try await giveName(path, to: temporary)
    } catch {
      session.closeLater(handle)
      try? await session.perform(.remove(path: temporary), action: action, isCancellable: false)
      throw error
    }
  }

  /// The folder is made where it is missing: an upload makes it in the same way.
  private func create(_ temporary: String) async throws(StorageError) -> ByteBuffer {
    let request = SFTPRequest.open(
      path: temporary, flags: [.write, .create, .exclusive], SFTPAttributes(permissions: 0o600))
    do throws(StorageError) {
      return try await session.handle(request, action: action)
    } catch {
      guard error.kind == .notFound else { throw error }
      try await session.perform(
        .makeFolder(path: folder, SFTPAttributes(permissions: 0o700)), action: action)
      return try await session.handle(request, action: action)
    }
  }

  private func write(_ content: [UInt8], to handle: ByteBuffer) async throws(StorageError) {
    var offset = 0
    while offset < content.count {
      let end = min(offset + Self.pieceByteCount, content.count)
      try await session.perform(
        .write(handle: handle, offset: UInt64(offset), data: content[offset..<end]), action: action)
      offset = end
    }
  }

  /// Whoever reads `config` must be able to read the lock: one that can't be read blocks everybody.
  ///
  /// A change of the owner is refused to all but the administrator, and needed by nobody else. The time comes last, as
  /// some servers count the other changes.
  private func share(
    _ handle: ByteBuffer, as model: SFTPAttributes, modified: UnixTime?
  ) async throws(StorageError) {
    if let owner = model.owner {
      do throws(StorageError) {
        try await session.perform(
          .setFileStatus(handle: handle, SFTPAttributes(owner: owner)), action: action)
      } catch {
        guard error.kind == .notAllowed || error.kind == .permanent else { throw error }
      }
    }
    if let permissions = model.permissions {
      do throws(StorageError) {
        try await session.perform(
          .setFileStatus(handle: handle, SFTPAttributes(permissions: permissions & 0o444 | 0o400)),
          action: action)
      } catch {
        // Servers without modes refuse, and give every file the same anyway.
        guard error.kind == .notAllowed || error.kind == .permanent else { throw error }
      }
    }
    if let modified, let seconds = UInt32(exactly: modified.seconds) {
      do throws(StorageError) {
        try await session.perform(
          .setFileStatus(handle: handle, SFTPAttributes(modified: seconds)), action: action)
      } catch {
        guard error.kind == .notAllowed || error.kind == .permanent else { throw error }
      }
    }
  }

  /// A link fails where the name is taken, on every server; the draft says so of a rename too, but not all keep to it.
  private func giveName(_ path: String, to temporary: String) async throws(StorageError) {
    if session.offers.contains(.hardLink) {
      do throws(StorageError) {
        try await session.perform(.hardLink(from: temporary, to: path), action: action)
        try? await session.perform(.remove(path: temporary), action: action, isCancellable: false)
        return
      } catch {
        guard error.kind == .permanent || error.kind == .notAllowed else { throw error }
        if try await isThere(path) { throw alreadyExists }
      }
    }
    do throws(StorageError) {
      try await session.perform(.rename(from: temporary, to: path), action: action)
    } catch {
      guard error.kind == .permanent, try await isThere(path) else { throw error }
      throw alreadyExists
    }
  }

  private func isThere(_ path: String) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      _ = try await session.attributes(of: path, action: action)
      return true
    } catch {
      guard error.kind == .notFound else { throw error }
      return false
    }
  }

  private var alreadyExists: StorageError {
    StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
  }

  private static func randomDigits() -> String {
    (0..<32).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()
  }
}

internal import NIOCore
internal import ResticStorage

/// The steps that operations are made of; `action` says for errors what the whole is about.
extension SFTPSession {
  func reply(
    _ request: SFTPRequest, action: String, isCancellable: Bool = true
  ) async throws(StorageError) -> SFTPReply {
    do throws(SFTPFailure) {
      return try await ask(request, isCancellable: isCancellable)
    } catch {
      throw StorageError(error, action: action)
    }
  }

  /// Asks for what has no other answer than that it was done.
  func perform(
    _ request: SFTPRequest, action: String, isCancellable: Bool = true
  ) async throws(StorageError) {
    let reply = try await reply(request, action: action, isCancellable: isCancellable)
    guard case .status(let status) = reply else { throw StorageError(unexpected: reply, action: action) }
    guard status.code == .ok else { throw StorageError(status, action: action) }
  }

  func attributes(
    of path: String, followsLinks: Bool = false, action: String
  ) async throws(StorageError) -> SFTPAttributes {
    let reply = try await reply(
      followsLinks ? .status(path: path) : .linkStatus(path: path), action: action)
    switch reply {
    case .attributes(let attributes): return attributes
    case .status(let status) where status.code != .ok: throw StorageError(status, action: action)
    default: throw StorageError(unexpected: reply, action: action)
    }
  }

  func handle(_ request: SFTPRequest, action: String) async throws(StorageError) -> ByteBuffer {
    let reply = try await reply(request, action: action)
    switch reply {
    case .handle(let handle): return handle
    case .status(let status) where status.code != .ok: throw StorageError(status, action: action)
    default: throw StorageError(unexpected: reply, action: action)
    }
  }

  /// A time after which an operation of several requests is given up.
  func deadline() -> ContinuousClock.Instant { .now + .seconds(patience.operationSeconds) }

  func check(_ deadline: ContinuousClock.Instant, action: String) throws(StorageError) {
    try StorageError.checkCancellation(action: action)
    guard ContinuousClock.now < deadline else {
      throw StorageError(
        .transient, action: action,
        reason: "it was not done after \(Int(patience.operationSeconds)) seconds")
    }
  }
}

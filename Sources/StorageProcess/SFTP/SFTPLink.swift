internal import ResticStorage
internal import Synchronization

/// The session with a server, begun anew where it was lost.
final class SFTPLink: Sendable {
  private enum State {
    case open(SFTPSession)
    case closed
  }

  private let state: Mutex<State>
  private let reopening = RequestGate(width: 1)
  private let reopen: @Sendable () async throws(SFTPStartError) -> SFTPSession

  init(_ session: SFTPSession, reopen: @escaping @Sendable () async throws(SFTPStartError) -> SFTPSession) {
    state = Mutex(.open(session))
    self.reopen = reopen
  }

  /// The session that requests go to.
  ///
  /// One that can't be begun again is `.permanent`: each try might ask a person for a password, or lock an account.
  func session(action: String) async throws(StorageError) -> SFTPSession {
    try StorageError.checkCancellation(action: action)
    if let session = try current(action) { return session }
    return try await reopening.pass(action: action) { () async throws(StorageError) in
      if let session = try current(action) { return session }
      let session: SFTPSession
      do throws(SFTPStartError) {
        session = try await reopen()
      } catch {
        if case .cancelled = error {
          throw StorageError(.cancelled, action: action, reason: "the operation was cancelled")
        }
        throw StorageError(
          .permanent, action: action,
          reason: "the connection to the server was lost, and there is no new one: \(error.reason)")
      }
      let lost: SFTPSession? = state.withLock { state in
        guard case .open(let lost) = state else { return session }
        state = .open(session)
        return lost
      }
      await lost?.close()
      guard let session = try current(action) else {
        throw StorageError(.transient, action: action, reason: SFTPFailure.lost.reason)
      }
      return session
    }
  }

  func close() async {
    let session: SFTPSession? = state.withLock { state in
      guard case .open(let session) = state else { return nil }
      state = .closed
      return session
    }
    await session?.close()
  }

  private func current(_ action: String) throws(StorageError) -> SFTPSession? {
    let state = state.withLock { $0 }
    guard case .open(let session) = state else {
      throw StorageError(.permanent, action: action, reason: "the connection to the server is closed")
    }
    return session.isUsable ? session : nil
  }
}

extension SFTPStartError {
  var reason: String {
    switch self {
    case .cancelled: "the operation was cancelled"
    case .notStarted(let error): error.description
    case .failed(let program, let failure, let exit):
      failure.isEnd ? "\(program) \(exit.text)" : failure.reason
    }
  }
}

package import ResticStorage
internal import StorageHTTP

/// Leads from an `sftp:` location to its repository.
package struct SFTPBackend {
  let location: SFTPLocation
  let options: [String: String]
  let settings: TransportSettings
  let environment: StorageEnvironment

  /// `options` are those of the namespace `sftp`, each with a value of its type.
  package init(
    _ location: SFTPLocation, options: [String: String], settings: TransportSettings,
    environment: StorageEnvironment
  ) {
    self.location = location
    self.options = options
    self.settings = settings
    self.environment = environment
  }

  /// Starts ssh and the session; nothing of the repository is looked at.
  package func connect() async throws -> StorageConnection {
    let command = try SSHCommand.arguments(for: location, options: options)
    let patience = SFTPSession.Patience(
      startSeconds: settings.connectTimeoutSeconds, answerSeconds: settings.idleTimeoutSeconds,
      operationSeconds: settings.exchangeTimeoutSeconds)
    let environment = environment
    let reopen: @Sendable () async throws(SFTPStartError) -> SFTPSession = {
      () async throws(SFTPStartError) in
      try await SFTPSession.open(command, environment: environment, patience: patience)
    }
    let session: SFTPSession
    do throws(SFTPStartError) {
      session = try await reopen()
    } catch {
      throw failure(error)
    }
    let link = SFTPLink(session, reopen: reopen)
    let storage = SFTPStorage(link: link, root: location.path, displayName: displayName)
    return StorageConnection(
      retrying: storage, removal: SFTPLockRemoval(storage), connectionLimit: ConnectionLimit.of(options),
      retrier: settings.retries ? .system : nil, end: { await link.close() })
  }

  private func failure(_ error: SFTPStartError) -> any Error {
    let what = "cannot connect to \(displayName)"
    switch error {
    case .cancelled: return CancellationError()
    case .notStarted(let error):
      return TransportError(
        "\(what): \(error.description)",
        hint: error.hint ?? "install the ssh client, or name it with -o sftp.command=…")
    case .failed(_, let failure, let exit):
      return TransportError("\(what): \(error.reason)", hint: hint(failure, exit))
    }
  }

  private func hint(_ failure: SFTPFailure, _ exit: ChildExit) -> String {
    let login = "\(location.user.map { "\($0)@" } ?? "")\(location.host)"
    let trial = "sftp \(location.port.map { "-P \($0) " } ?? "")\(login)"
    switch failure {
    case .lost:
      if exit == .exited(255) {
        return
          "see what ssh says above; host, port, user, key and the server's host key have to be such that "
          + "“\(trial)” logs in without a question"
      }
      return "the server let us in, perhaps, but not to its sftp subsystem; try “\(trial)”"
    case .timedOut:
      return "check the host and the port, or allow more time with --connect-timeout; try “\(trial)”"
    case .broken:
      return "what the server's login scripts print must not be printed without a terminal; try “\(trial)”"
    case .system, .cancelled: return "try “\(trial)”"
    }
  }

  private var displayName: String {
    let user = location.user.map { "\($0)@" } ?? ""
    let isAddress = location.host.utf8.contains(UInt8(ascii: ":"))
    guard location.port != nil || isAddress else { return "sftp:\(user)\(location.host):\(location.path)" }
    let host = isAddress ? "[\(location.host)]" : location.host
    let port = location.port.map { ":\($0)" } ?? ""
    return "sftp://\(user)\(host)\(port)/\(location.path)"
  }
}

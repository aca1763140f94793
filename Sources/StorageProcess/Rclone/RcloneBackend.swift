package import ResticStorage
internal import StorageHTTP

/// Leads from an `rclone:` location to its repository.
package struct RcloneBackend {
  let remote: String
  let options: [String: String]
  let settings: TransportSettings
  let environment: StorageEnvironment

  /// `options` are those of the namespace `rclone`, each with a value of its type.
  package init(
    remote: String, options: [String: String], settings: TransportSettings, environment: StorageEnvironment
  ) {
    self.remote = remote
    self.options = options
    self.settings = settings
    self.environment = environment
  }

  /// Starts rclone and waits until it answers; nothing of the repository is looked at.
  ///
  /// A `Date` from rclone is made on this machine, so there is no clock.
  package func connect() async throws -> StorageConnection {
    let process: RcloneProcess
    do throws(RcloneStartError) {
      process = try await RcloneProcess.open(
        try arguments(), environment: environment,
        patience: RcloneProcess.Patience(
          startSeconds: startSeconds, idleSeconds: settings.idleTimeoutSeconds,
          exchangeSeconds: max(settings.exchangeTimeoutSeconds, startSeconds)))
    } catch {
      throw failure(error)
    }
    let connectionLimit = ConnectionLimit.of(options)
    let storage = RESTStorage(process, displayName: displayName, listingWidth: connectionLimit, layout: nil)
    return StorageConnection(
      retrying: storage, removal: RESTLockRemoval(storage), connectionLimit: connectionLimit,
      retrier: settings.retries ? .system : nil, end: { await process.close() })
  }

  /// The program, its arguments and the remote, as restic puts them together.
  func arguments() throws(RcloneStartError) -> [String] {
    let program = try split("program", options["program"] ?? "rclone")
    guard !program.isEmpty else {
      throw .notStarted(
        ChildStartError(
          "the extended option rclone.program is empty", hint: "leave it out for the rclone on PATH"))
    }
    return program + (try split("args", options["args"] ?? "serve restic --stdio --b2-hard-delete")) + [
      remote
    ]
  }

  private func split(_ option: String, _ text: String) throws(RcloneStartError) -> [String] {
    if text.isEmpty { return [] }
    do throws(TransportError) {
      return try SSHCommand.split(text, what: "the extended option rclone.\(option)")
    } catch {
      throw .notStarted(ChildStartError(error.description, hint: error.hint))
    }
  }

  /// One minute where nothing is said, as in restic; without a limit there, an hour here.
  private var startSeconds: Double {
    guard let text = options["timeout"], let seconds = GoNumber.durationSeconds(text) else { return 60 }
    return seconds > 0 ? min(seconds, 3600) : 3600
  }

  private func failure(_ error: RcloneStartError) -> any Error {
    let what = "cannot connect to \(displayName)"
    switch error {
    case .cancelled: return CancellationError()
    case .notStarted(let error):
      return TransportError(
        "\(what): \(error.description)",
        hint: error.hint ?? "install rclone, or name it with -o rclone.program=…")
    case .failed(let program, let failure, let exit):
      switch failure.kind {
      case .timedOut:
        return TransportError(
          "\(what): \(failure.description)",
          hint: "see what rclone says above, or allow more time with -o rclone.timeout=…")
      case .connection where exit != .unknown:
        return TransportError(
          "\(what): \(program) \(exit.text)",
          hint: "see what rclone says above; “rclone lsd \(remoteName)” has to work without a question")
      default:
        return TransportError(
          "\(what): \(failure.description)",
          hint:
            "rclone has to speak HTTP/2 on its standard streams: look at -o rclone.program and rclone.args")
      }
    }
  }

  private var displayName: String { RepositoryLocation.hidingSecrets(in: "rclone:\(remote)") }

  private var remoteName: String { String(displayName.dropFirst("rclone:".count)) }
}

internal import ResticStorage

/// Why a request got no answer, or one that is no SFTP.
enum SFTPFailure: Error, Sendable {
  /// The stream ended.
  case lost
  case timedOut(seconds: Int)
  case broken(SFTPProtocolError)
  /// A system call failed, with its own words.
  case system(String)
  case cancelled

  init(_ error: any Error) {
    self =
      switch error {
      case let failure as SFTPFailure: failure
      case let error as SFTPProtocolError: .broken(error)
      case is CancellationError: .cancelled
      default: .lost
      }
  }

  var reason: String {
    switch self {
    case .lost: "the connection to the server was lost"
    case .timedOut(let seconds): "the server did not answer within \(seconds) seconds"
    case .broken(let error): error.description
    case .system(let reason): reason
    case .cancelled: "the operation was cancelled"
    }
  }
}

extension StorageError {
  init(_ failure: SFTPFailure, action: String) {
    let kind: Class =
      switch failure {
      case .lost, .timedOut: .transient
      case .broken, .system: .permanent
      case .cancelled: .cancelled
      }
    self.init(kind, action: action, reason: failure.reason)
  }

  /// A status that is no success.
  init(_ status: SFTPStatus, action: String) {
    let (kind, reason): (Class, String) =
      switch status.code {
      case .noSuchFile: (.notFound, "the server does not have it")
      case .permissionDenied: (.notAllowed, "permission denied: this user may not do that on the server")
      case .noConnection, .connectionLost: (.transient, "the server lost its connection to the files")
      case .unsupported: (.permanent, "the server can't do that")
      default: (.permanent, "the server failed, with status \(status.code.rawValue)")
      }
    let words = status.message.isEmpty ? "" : " (it says: \(status.message))"
    self.init(kind, action: action, reason: reason + words)
  }

  init(unexpected reply: SFTPReply, action: String) {
    self.init(
      .permanent, action: action,
      reason: SFTPProtocolError.unexpectedAnswer("it is \(reply.kindText)").description)
  }
}

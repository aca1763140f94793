package import ResticStorage

/// Why a request got no whole answer.
package struct HTTPFailure: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// The connection failed, broke off, or the answer was no HTTP or not whole.
    case connection
    case timedOut
    /// A successful answer went beyond the limit of its request.
    case bodyTooLarge
    /// The server's certificate is not trusted, or ours was refused.
    case certificate
    /// The request can't be sent, whatever the server does.
    case unusable
    case cancelled
  }

  package let kind: Kind
  /// Without secrets.
  package let description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension StorageError {
  /// A failed request as the storage's error.
  package init(_ failure: HTTPFailure, action: String) {
    let kind: Class =
      switch failure.kind {
      case .connection, .timedOut: .transient
      case .bodyTooLarge: .tooLarge
      case .certificate, .unusable: .permanent
      case .cancelled: .cancelled
      }
    self.init(kind, action: action, reason: failure.description)
  }
}

/// Why a storage could not do what it was asked, by what the caller can do about it.
package struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Class: String, Sendable {
    /// The object is not there.
    case notFound
    /// The object is there, or may be, and we are not allowed to do this with it.
    case notAllowed
    /// Trying again may help.
    case transient
    /// Trying again will not help.
    case permanent
    /// The object is larger than the caller accepts.
    case tooLarge
    /// Something is there already under the name that was to be written.
    case alreadyExists
    /// The calling task was cancelled; nothing is known about the object.
    case cancelled
  }

  package let kind: Class
  /// What was being done, on which object: `cannot read locks/8a3c…`.
  package let action: String
  /// The storage's own reason: `Permission denied`.
  package let reason: String
  /// How long a busy server asks us to wait before the next try.
  package let retryAfterSeconds: Double?

  package init(_ kind: Class, action: String, reason: String, retryAfterSeconds: Double? = nil) {
    self.kind = kind
    self.action = action
    self.reason = reason
    self.retryAfterSeconds = retryAfterSeconds
  }

  package var description: String { "\(action): \(reason)" }

  package static func == (left: StorageError, right: StorageError) -> Bool { left.kind == right.kind }

  /// Throws `.cancelled` when the current task is.
  package static func checkCancellation(action: @autoclosure () -> String) throws(StorageError) {
    if Task.isCancelled {
      throw StorageError(.cancelled, action: action(), reason: "the operation was cancelled")
    }
  }
}

package import ResticStorage

/// Why the inputs that say which repository to open, and how, can't be used.
///
/// Never holds a secret.
package struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// Inputs contradict each other, or one breaks its grammar.
    case usage
    case location(LocationError.Kind)
    case option(ExtendedOptionError.Kind)
    /// A file named by an input can't be read.
    case unreadableFile
    /// The password command could not be run, failed, or gave too much.
    case failedCommand
    /// Nothing gave a password, or the one given at last is empty.
    case noPassword
    /// A signal came, or the task was cancelled, while a person was asked.
    case interrupted
  }

  package let kind: Kind
  package let message: String
  /// What to do next, where there is more to say than the message says.
  package let hint: String?

  package init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  package init(_ error: LocationError) {
    self.init(.location(error.kind), error.description, hint: error.hint)
  }

  package init(_ error: ExtendedOptionError) {
    self.init(.option(error.kind), error.description)
  }

  package var description: String { message }
}

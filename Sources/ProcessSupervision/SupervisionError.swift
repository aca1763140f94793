#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Why a command could not be run.
package struct SupervisionError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    case commandNotFound
    case cannotStart
    /// This program lacks what it needs to watch a command.
    case cannotSupervise
    /// This program was asked to end before the command began.
    case interrupted
  }

  package let kind: Kind
  package let command: String
  private let reason: String

  init(_ kind: Kind, command: String = "", code: Int32) {
    self.init(kind, command: command, reason: String(cString: strerror(code)))
  }

  init(_ kind: Kind, command: String = "", reason: String) {
    self.kind = kind
    self.command = command
    self.reason = reason
  }

  package var description: String {
    switch kind {
    case .commandNotFound: "\(command) is not found"
    case .cannotStart: "\(command) can't be started: \(reason)"
    case .cannotSupervise: "a command can't be watched: \(reason)"
    case .interrupted: "interrupted before \(command) was started"
    }
  }
}

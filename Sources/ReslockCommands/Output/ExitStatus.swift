internal import ResticInputs
internal import ResticLocks
internal import ResticStorage

/// The exit codes of DESIGN "Command line"; restic's own keep their meaning.
package enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  /// `check --nagios` alone: CRITICAL.
  case nagiosCritical = 2
  /// `check --nagios` alone: UNKNOWN.
  case nagiosUnknown = 3
  case noRepository = 10
  case locked = 11
  case wrongPassword = 12
  /// `check --strict`: what was asked about can run, and some lock needs attention.
  case needsAttention = 20
  case usage = 64
  case interrupted = 130

  /// From the worst to the best, for commands about several repositories.
  private static let worstFirst: [ExitStatus] = [
    .interrupted, .failed, .usage, .noRepository, .wrongPassword, .locked, .needsAttention,
    .done,
  ]

  /// The worse of both.
  package func worse(_ other: ExitStatus) -> ExitStatus {
    Self.worstFirst.first { $0 == self || $0 == other } ?? .failed
  }

  /// What a command that only reads ends with.
  init(reading inspection: Inspection) {
    if !inspection.isComplete {
      self = .wrongPassword
    } else {
      self = inspection.hasUnreadable ? .failed : .done
    }
  }

  init(_ error: RepositoryError) {
    switch error {
    case .noRepository: self = .noRepository
    case .wrongPassword, .noPassword, .noKeys, .foreignMasterKey: self = .wrongPassword
    case .cancelled: self = .interrupted
    case .notReadable, .keyUnusable, .keyTooCostly, .configDamaged: self = .failed
    }
  }

  init(_ error: InputError) {
    switch error.kind {
    case .usage, .location, .option: self = .usage
    case .noPassword: self = .wrongPassword
    case .interrupted: self = .interrupted
    case .unreadableFile, .failedCommand: self = .failed
    }
  }
}

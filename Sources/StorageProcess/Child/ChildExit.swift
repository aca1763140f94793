#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How a child ended.
enum ChildExit: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)
  /// It could not be waited for: somebody else did, or even SIGKILL did not end it in time.
  case unknown

  init(status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// `ended with exit status 255`.
  var text: String {
    switch self {
    case .exited(let code): "ended with exit status \(code)"
    case .signalled(let signal): "was ended by signal \(signal)"
    case .unknown: "ended"
    }
  }

  /// Whether a person at the terminal ended it.
  var isInterruption: Bool { self == .signalled(SIGINT) }
}

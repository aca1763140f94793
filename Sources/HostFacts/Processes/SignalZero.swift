#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The only place that calls kill(2): with signal 0, which is delivered to nobody.
enum SignalZero {
  static func ask(_ pid: Int64) -> PIDFacts.SignalZero {
    // 0 and negative PIDs stand for groups of processes and for all of them.
    guard pid > 0, let target = pid_t(exactly: pid) else { return .notAsked }
    if kill(target, 0) == 0 { return .exists }
    switch errno {
    case EPERM: return .notPermitted
    case ESRCH: return .noSuchProcess
    default: return .undecided
    }
  }
}

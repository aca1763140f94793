#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Turns the signals that would end or stop the process into bytes of a pipe, until `stop`.
///
/// Signals that the process ignores stay ignored. One relay at a time.
struct SignalRelay {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
  /// Where the handler writes to.
  ///
  /// A handler may only touch what is lock-free.
  private static let target = Atomic<Int32>(-1)

  private var earlier: [(number: Int32, action: sigaction)] = []

  init(to pipe: WakePipe) {
    Self.target.store(pipe.writingEnd, ordering: .sequentiallyConsistent)
    for number in Self.numbers {
      var current = sigaction()
      guard sigaction(number, nil, &current) == 0, !Self.isIgnored(current) else { continue }
      var relaying = sigaction()
      #if canImport(Glibc)
        relaying.__sigaction_handler.sa_handler = Self.relay
      #else
        relaying.__sigaction_u.__sa_handler = Self.relay
      #endif
      relaying.sa_flags = SA_RESTART
      sigemptyset(&relaying.sa_mask)
      if sigaction(number, &relaying, nil) == 0 { earlier.append((number, current)) }
    }
  }

  /// Gives every signal back to whoever had it.
  func stop() {
    for (number, action) in earlier {
      var action = action
      sigaction(number, &action, nil)
    }
    Self.target.store(-1, ordering: .sequentiallyConsistent)
  }

  private static let relay: @convention(c) (Int32) -> Void = { number in
    let code = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(SignalRelay.target.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = code
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

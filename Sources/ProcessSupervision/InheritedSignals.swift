#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What this program was started with: the signals that are blocked and those that are ignored.
///
/// A command that is run in our place begins with the same.
package struct InheritedSignals: Sendable {
  let blocked: sigset_t
  let ignored: Set<Int32>

  static let highestNumber: Int32 = 64

  /// Reads both; on the main thread, before anything changes them.
  package static func atStart() -> InheritedSignals {
    var blocked = sigset_t()
    sigemptyset(&blocked)
    _ = pthread_sigmask(SIG_BLOCK, nil, &blocked)
    var ignored: Set<Int32> = []
    for number in 1...highestNumber {
      var action = sigaction()
      if sigaction(number, nil, &action) == 0, isIgnoring(action) { ignored.insert(number) }
    }
    return InheritedSignals(blocked: blocked, ignored: ignored)
  }

  static func isIgnoring(_ action: sigaction) -> Bool {
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Those that a command begins with in their default action.
  var defaulted: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in 1...Self.highestNumber where !ignored.contains(number) { sigaddset(&set, number) }
    return set
  }
}

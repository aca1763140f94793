#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Signals that reach this process, as messages of a pipe; one feed at a time.
///
/// Signals that were ignored at the start stay ignored, for the command too.
final class SignalFeed {
  /// A signal that came.
  struct Message: Hashable {
    let number: Int32
    /// The terminal sent it, and so to every process of the foreground group.
    let isFromTerminal: Bool
  }

  /// All that a process can catch and that says nothing about a fault of its own.
  static let numbers: [Int32] = [
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT, SIGWINCH, SIGVTALRM,
    SIGPROF, SIGIO, SIGXCPU, SIGXFSZ, SIGURG,
  ]

  /// Where the handler writes to; it may touch only what is lock-free.
  private static let target = Atomic<Int32>(-1)
  /// A child's end is told once until somebody looks, so that a million of them leave room for others.
  private static let isChildTold = Atomic<Bool>(false)

  let readingEnd: Int32
  private let writingEnd: Int32
  private var earlier: [(number: Int32, action: sigaction)] = []

  init(_ inherited: InheritedSignals) throws(SupervisionError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, let reading = ends.first, let writing = ends.last else {
      throw SupervisionError(.cannotSupervise, code: errno)
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (readingEnd, writingEnd) = (reading, writing)
    Self.isChildTold.store(false, ordering: .sequentiallyConsistent)
    Self.target.store(writing, ordering: .sequentiallyConsistent)
    for number in Self.numbers where !inherited.ignored.contains(number) { install(number) }
    // Even where the ends of children were to be ignored: their exit codes would be lost.
    install(SIGCHLD)
  }

  deinit {
    close(readingEnd)
    close(writingEnd)
  }

  /// Gives every signal back to whoever had it.
  func stop() {
    for (number, action) in earlier {
      var action = action
      sigaction(number, &action, nil)
    }
    earlier = []
    Self.target.store(-1, ordering: .sequentiallyConsistent)
  }

  /// What came since the last call, without waiting.
  func received() -> [Message] {
    Self.isChildTold.store(false, ordering: .sequentiallyConsistent)
    var messages: [Message] = []
    var bytes: [UInt8] = [0, 0]
    while read(readingEnd, &bytes, 2) == 2 {
      messages.append(Message(number: Int32(bytes[0]), isFromTerminal: bytes[1] == 1))
    }
    return messages
  }

  /// Stops this process as the signal would have stopped it; returns once it goes on.
  func stopOurselves(_ number: Int32) {
    guard let own = earlier.first(where: { $0.number == number }) else { return }
    var action = own.action
    sigaction(number, &action, nil)
    raise(number)
    install(number, remembering: false)
  }

  private func install(_ number: Int32, remembering: Bool = true) {
    var telling = sigaction()
    #if canImport(Glibc)
      telling.__sigaction_handler.sa_sigaction = Self.tell
    #else
      telling.__sigaction_u.__sa_sigaction = Self.tell
    #endif
    telling.sa_flags = CInt(SA_SIGINFO) | CInt(SA_RESTART)
    sigemptyset(&telling.sa_mask)
    var current = sigaction()
    guard sigaction(number, &telling, &current) == 0, remembering else { return }
    earlier.append((number, current))
  }

  private static let tell:
    @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void = {
      number, information, _ in
      if number == SIGCHLD, SignalFeed.isChildTold.exchange(true, ordering: .sequentiallyConsistent) {
        return
      }
      let code = errno
      #if canImport(Glibc)
        // Whatever a process sends has a code that is not positive (sigaction(2)).
        let isFromKernel = (information?.pointee.si_code ?? 0) > 0
      #else
        let isFromKernel = information?.pointee.si_pid == 0
      #endif
      var bytes = (UInt8(truncatingIfNeeded: number), UInt8(isFromKernel ? 1 : 0))
      _ = write(SignalFeed.target.load(ordering: .sequentiallyConsistent), &bytes, 2)
      errno = code
    }
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Turns the first signal that asks the program to end into the cancellation of a task; a second one ends it at once.
enum Interruption {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]
  private static let pollInterval: Duration = .milliseconds(50)
  /// A handler may only touch what is lock-free.
  private static let wasAsked = Atomic<Bool>(false)

  static func cancelling<Success: Sendable>(_ task: Task<Success, any Error>) async throws -> Success {
    install()
    let watch = Task {
      while !wasAsked.load(ordering: .relaxed) { try await Task.sleep(for: pollInterval) }
      task.cancel()
    }
    defer { watch.cancel() }
    return try await task.value
  }

  /// Whether a signal asked the program to end, ever since a task was first to be cancelled by one.
  static var hasCome: Bool { wasAsked.load(ordering: .relaxed) }

  /// What the process ignores, as under nohup, stays ignored.
  private static func install() {
    for number in numbers {
      var current = sigaction()
      guard sigaction(number, nil, &current) == 0 else { continue }
      #if canImport(Glibc)
        let handler = current.__sigaction_handler.sa_handler
      #else
        let handler = current.__sigaction_u.__sa_handler
      #endif
      if unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
      var asking = sigaction()
      #if canImport(Glibc)
        asking.__sigaction_handler.sa_handler = ask
      #else
        asking.__sigaction_u.__sa_handler = ask
      #endif
      // Without SA_RESTART, so that a question on the terminal ends too.
      asking.sa_flags = 0
      sigemptyset(&asking.sa_mask)
      sigaction(number, &asking, nil)
    }
  }

  private static let ask: @convention(c) (Int32) -> Void = { number in
    guard Interruption.wasAsked.exchange(true, ordering: .relaxed) else { return }
    signal(number, SIG_DFL)
    raise(number)
  }
}

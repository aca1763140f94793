internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Shows that something is going on, on a terminal only and only past one second.
enum Progress {
  static func whileWaiting<Result: Sendable>(
    _ what: String, _ work: () async throws -> Result
  ) async throws -> Result {
    guard isatty(STDERR_FILENO) == 1 else { return try await work() }
    let isShown = Mutex(false)
    let line = "\(what) …"
    let showing = Task {
      try await Task.sleep(for: .seconds(1))
      isShown.withLock { $0 = true }
      StandardStreams.showPassing(line)
    }
    defer {
      showing.cancel()
      if isShown.withLock({ $0 }) { StandardStreams.erasePassing(line) }
    }
    return try await work()
  }
}

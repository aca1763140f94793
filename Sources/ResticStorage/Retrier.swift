/// Tries again what failed in a way that may pass, a bounded number of times and for a bounded time.
package struct Retrier: Sendable {
  package struct Limits: Sendable {
    package var attempts = 6
    package var firstPauseSeconds = 0.25
    package var longestPauseSeconds = 10.0
    /// From the first attempt's start to the last one's.
    package var totalSeconds = 60.0

    package init() {}
  }

  private let limits: Limits
  private let sleep: @Sendable (Double) async throws -> Void
  private let random: @Sendable () -> Double
  private let now: @Sendable () -> Double

  /// - Parameters:
  ///   - limits: when to give up.
  ///   - sleep: waits that many seconds; throws when the task is cancelled.
  ///   - random: 0 up to 1.
  ///   - now: seconds on a clock that never goes back.
  package init(
    limits: Limits = Limits(), sleep: @escaping @Sendable (Double) async throws -> Void,
    random: @escaping @Sendable () -> Double, now: @escaping @Sendable () -> Double
  ) {
    self.limits = limits
    self.sleep = sleep
    self.random = random
    self.now = now
  }

  /// Tries once.
  package static var never: Retrier {
    var limits = Limits()
    limits.attempts = 1
    return Retrier(limits: limits, sleep: { _ in }, random: { 0 }, now: { 0 })
  }

  /// With the system's clock and randomness.
  package static var system: Retrier {
    let start = ContinuousClock.now
    return Retrier(
      sleep: { try await Task.sleep(for: .seconds($0)) }, random: { Double.random(in: 0..<1) },
      now: { (ContinuousClock.now - start) / .seconds(1) })
  }

  /// Runs `body`, which is told how often it failed before, until it succeeds or fails for good.
  package func run<Result: Sendable>(
    _ body: (_ earlierFailures: Int) async throws(StorageError) -> Result
  ) async throws(StorageError) -> Result {
    let start = now()
    var failures = 0
    while true {
      do throws(StorageError) {
        return try await body(failures)
      } catch {
        guard error.kind == .transient else { throw error }
        failures += 1
        let pause = pause(after: failures, error)
        guard failures < limits.attempts, now() - start + pause <= limits.totalSeconds else {
          throw failures == 1 ? error : error.afterRepeating(failures)
        }
        do {
          try await sleep(pause)
        } catch {
          throw StorageError(
            .cancelled, action: "cannot wait for the server", reason: "the operation was cancelled")
        }
      }
    }
  }

  /// Doubles with each failure and varies by half, so that many clients do not come back together; never shorter
  /// than the server asks for.
  private func pause(after failures: Int, _ error: StorageError) -> Double {
    var pause = limits.firstPauseSeconds
    for _ in 1..<max(failures, 1) { pause = min(pause * 2, limits.longestPauseSeconds) }
    pause *= 0.5 + random() / 2
    return max(pause, error.retryAfterSeconds ?? 0)
  }
}

extension StorageError {
  fileprivate func afterRepeating(_ count: Int) -> StorageError {
    StorageError(
      kind, action: action, reason: "\(reason) (\(count) attempts)", retryAfterSeconds: retryAfterSeconds)
  }
}

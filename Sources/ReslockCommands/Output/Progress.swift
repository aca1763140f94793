internal import ResticInputs

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
    let showing = Task {
      // Later where a person is asked meanwhile; only once, as programs that we start may ask too.
      repeat { try await Task.sleep(for: .seconds(1)) } while !PassingLine.show("\(what) …")
    }
    defer {
      showing.cancel()
      PassingLine.erase()
    }
    return try await work()
  }
}

internal import Synchronization
package import WallTime

/// A server's clock against ours, as the `Date` of its answers shows it.
///
/// Only the clock of a machine that is known to be another one counts: `isRemote` says so, asked once.
package final class ServerClock: Sendable {
  private struct State {
    var offsetSeconds: Double?
    var isRemote: Bool?
  }

  private let state = Mutex(State())
  private let now: @Sendable () -> UnixTime
  private let askRemote: @Sendable () async -> Bool

  package init(now: @escaping @Sendable () -> UnixTime, isRemote: @escaping @Sendable () async -> Bool) {
    self.now = now
    askRemote = isRemote
  }

  package var offsetSeconds: Double? {
    state.withLock { $0.isRemote == true ? $0.offsetSeconds : nil }
  }

  /// Runs one exchange and learns from its answer.
  func timing(
    _ exchange: () async throws(HTTPFailure) -> HTTPResponse
  ) async throws(HTTPFailure) -> HTTPResponse {
    let (askRemote, isKnown) = (askRemote, state.withLock { $0.isRemote != nil })
    // Side by side with the exchange: it may need a name resolved.
    async let isRemote = isKnown ? nil : askRemote()
    let asked = now()
    let response = try await exchange()
    let answered = now()
    if let isRemote = await isRemote { state.withLock { $0.isRemote = isRemote } }
    // An answer out of a cache carries the time when it was made.
    if response.headers["Age"] == nil, let date = response.headers["Date"].flatMap(HTTPDate.parse) {
      let middle = asked.adding(seconds: answered.secondsSince(asked) / 2)
      // The server has cut its time down to whole seconds.
      let offset = date.adding(seconds: 0.5).secondsSince(middle)
      state.withLock { $0.offsetSeconds = offset }
    }
    return response
  }
}

internal import ResticStorage
internal import Synchronization

/// Keeps what a login has given until it expires or is refused, and logs in once for all who wait.
///
/// A first login that was refused is not tried again: that would only count as one more wrong password. What has worked
/// before may work again after a minute, as a run may go on for days.
final class TokenKeeper<Token: Sendable>: Sendable {
  struct Held: Sendable {
    let token: Token
    fileprivate let serial: UInt64
  }

  private struct State {
    var held: Held?
    var latest: Token?
    var goodUntil: Double?
    /// How many logins have ended.
    var serial: UInt64 = 0
    var failure: StorageError?
    var failedAt = 0.0

    /// Whether a login has succeeded before and what it gave is held no more.
    var isRefused: Bool { serial > 0 && held == nil && failure == nil }
  }

  /// Seconds before its end from which on a token is not used any more.
  private static var margin: Double { 60 }
  private static var pauseAfterRefusal: Double { 60 }

  private let state = Mutex(State())
  private let gate = RequestGate(width: 1)
  private let now: @Sendable () -> Double
  private let fetch:
    @Sendable (_ isRenewal: Bool) async throws(StorageError) -> (token: Token, lifetimeSeconds: Double?)

  /// - Parameters:
  ///   - now: seconds on a clock that never goes back.
  ///   - fetch: logs in; `isRenewal` says that what an earlier call gave was refused.
  init(
    now: @escaping @Sendable () -> Double = TokenKeeper.steadySeconds(),
    fetch:
      @escaping @Sendable (_ isRenewal: Bool) async throws(StorageError) -> (
        token: Token, lifetimeSeconds: Double?
      )
  ) {
    self.now = now
    self.fetch = fetch
  }

  static func steadySeconds() -> @Sendable () -> Double {
    let start = ContinuousClock.now
    return { (ContinuousClock.now - start) / .seconds(1) }
  }

  /// What the last login has given, good or not.
  var latest: Token? { state.withLock { $0.latest } }

  func current(action: String) async throws(StorageError) -> Held {
    let seen = state.withLock { $0.serial }
    if let held = try usable(since: seen, action) { return held }
    return try await gate.pass(action: action) { () async throws(StorageError) in
      if let held = try usable(since: seen, action) { return held }
      let asked = now()
      do throws(StorageError) {
        let isRenewal = state.withLock { $0.isRefused }
        let (token, lifetime) = try await fetch(isRenewal)
        return state.withLock { state in
          state.serial &+= 1
          let held = Held(token: token, serial: state.serial)
          state.held = held
          state.latest = token
          state.goodUntil = lifetime.map { asked + max($0 - Self.margin, $0 / 2) }
          state.failure = nil
          return held
        }
      } catch {
        if error.kind != .cancelled {
          state.withLock { state in
            state.serial &+= 1
            state.failure = error
            state.failedAt = now()
          }
        }
        throw Self.retold(action, error)
      }
    }
  }

  /// Forgets what a server has refused, unless it was replaced meanwhile.
  func discard(_ refused: Held) {
    state.withLock { state in
      if state.held?.serial == refused.serial { state.held = nil }
    }
  }

  /// What is held, or the failure of a login that others waited for too.
  private func usable(since seen: UInt64, _ action: String) throws(StorageError) -> Held? {
    let (held, failure) = state.withLock { state -> (Held?, StorageError?) in
      if let held = state.held, state.goodUntil.map({ now() < $0 }) ?? true { return (held, nil) }
      let staysRefused = state.latest == nil || now() < state.failedAt + Self.pauseAfterRefusal
      guard let failure = state.failure,
        failure.kind == .notAllowed && staysRefused || state.serial != seen
      else {
        return (nil, nil)
      }
      return (nil, failure)
    }
    if let failure { throw Self.retold(action, failure) }
    return held
  }

  private static func retold(_ action: String, _ error: StorageError) -> StorageError {
    StorageError(
      error.kind, action: action, reason: error.description, retryAfterSeconds: error.retryAfterSeconds)
  }
}

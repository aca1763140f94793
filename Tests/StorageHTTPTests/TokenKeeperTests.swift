import ResticStorage
import StorageContract
import Synchronization
import Testing

@testable import StorageHTTP

/// When a login is asked for, and when not.
@Suite struct TokenKeeperTests {
  /// Logins of a test: each gives the next number, good for as long as is said, or fails.
  private final class Logins: Sendable {
    struct State {
      var seconds = 0.0
      var count = 0
      var renewalCount = 0
      var failure: StorageError.Class?
    }
    let state = Mutex(State())

    func keeper(lifetime: Double?) -> TokenKeeper<Int> {
      TokenKeeper(now: { self.state.withLock { $0.seconds } }) {
        (isRenewal: Bool) async throws(StorageError) in
        // Who comes meanwhile has to wait.
        await Task.yield()
        let (number, failure) = self.state.withLock { state in
          state.count += 1
          if isRenewal { state.renewalCount += 1 }
          return (state.count, state.failure)
        }
        if let failure { throw StorageError(failure, action: "cannot sign in", reason: "no") }
        return (number, lifetime)
      }
    }

    var count: Int { state.withLock { $0.count } }
    func set(seconds: Double) { state.withLock { $0.seconds = seconds } }
    func fail(_ kind: StorageError.Class?) { state.withLock { $0.failure = kind } }
  }

  @Test("many who ask at the same time wait for one login")
  func together() async throws {
    let logins = Logins()
    let keeper = logins.keeper(lifetime: nil)
    let tokens = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 { group.addTask { try await keeper.current(action: "cannot read").token } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(tokens == Array(repeating: 1, count: 50) && logins.count == 1)
  }

  @Test("a token is replaced a minute before its end, a short one at half of its life")
  func expiry() async throws {
    for (lifetime, last) in [(3600.0, 3539.0), (60.0, 29.0)] {
      let logins = Logins()
      let keeper = logins.keeper(lifetime: lifetime)
      #expect(try await keeper.current(action: "cannot read").token == 1)
      logins.set(seconds: last)
      #expect(try await keeper.current(action: "cannot read").token == 1)
      logins.set(seconds: last + 1.5)
      #expect(try await keeper.current(action: "cannot read").token == 2)
      // What ends by itself was not refused.
      #expect(logins.state.withLock { $0.renewalCount } == 0)
    }
  }

  @Test("a token that is refused is replaced once, however many tell of it")
  func refused() async throws {
    let logins = Logins()
    let keeper = logins.keeper(lifetime: nil)
    let first = try await keeper.current(action: "cannot read")
    keeper.discard(first)
    #expect(keeper.latest == 1)
    let second = try await keeper.current(action: "cannot read")
    keeper.discard(first)
    #expect(second.token == 2 && logins.state.withLock { $0.renewalCount } == 1)
    #expect(try await keeper.current(action: "cannot read").token == 2)
  }

  @Test("a login that is refused is not tried again, and one that may pass is")
  func failures() async throws {
    let logins = Logins()
    let keeper = logins.keeper(lifetime: nil)
    logins.fail(.transient)
    await expect(.transient) { _ = try await keeper.current(action: "cannot read") }
    await expect(.transient) { _ = try await keeper.current(action: "cannot read") }
    #expect(logins.count == 2)
    logins.fail(nil)
    keeper.discard(try await keeper.current(action: "cannot read"))
    logins.fail(.notAllowed)
    for _ in 0..<3 { await expect(.notAllowed) { _ = try await keeper.current(action: "cannot read") } }
    #expect(logins.count == 4)
  }

  /// One refusal, as of an identity service that is being restarted, ended every later look of a run of days.
  @Test("a renewal that is refused is tried again after a minute, a first login never")
  func refusedRenewal() async throws {
    let logins = Logins()
    let keeper = logins.keeper(lifetime: 3600)
    _ = try await keeper.current(action: "cannot read")
    logins.set(seconds: 4000)
    logins.fail(.notAllowed)
    await expect(.notAllowed) { _ = try await keeper.current(action: "cannot read") }
    logins.set(seconds: 4059)
    await expect(.notAllowed) { _ = try await keeper.current(action: "cannot read") }
    #expect(logins.count == 2)
    logins.set(seconds: 4061)
    logins.fail(nil)
    #expect(try await keeper.current(action: "cannot read").token == 3)

    let first = logins.keeper(lifetime: 3600)
    logins.fail(.notAllowed)
    await expect(.notAllowed) { _ = try await first.current(action: "cannot read") }
    logins.set(seconds: 9000)
    await expect(.notAllowed) { _ = try await first.current(action: "cannot read") }
    #expect(logins.count == 4)
  }
}

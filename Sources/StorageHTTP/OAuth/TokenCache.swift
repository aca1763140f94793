internal import ResticStorage
internal import Synchronization

/// A token that lets requests in for a while.
struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
  let text: String
  /// From when it was given.
  let lifetimeSeconds: Double?

  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }

  /// `nil` for what can't stand in a header.
  init?(_ text: String, lifetimeSeconds: Double?) {
    guard !text.isEmpty, text.utf8.count <= 32_768, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      return nil
    }
    self.text = text
    self.lifetimeSeconds = lifetimeSeconds
  }

  /// Reads the answer of a token endpoint (RFC 6749, 5.1), or what a command line prints.
  init?(json body: [UInt8]) {
    var (text, lifetime) = (String?.none, Double?.none)
    var cursor = JSONCursor(body)
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "access_token", "accessToken":
        if cursor.isAtString { text = cursor.string() } else { _ = cursor.skip() }
      case "expires_in":
        // Some services write the number as a text.
        let seconds = cursor.isAtString ? cursor.string().flatMap { Int64($0) } : cursor.integer()
        lifetime = seconds.map { Double(max(0, min($0, 86_400))) }
      default: _ = cursor.skip()
      }
    }
    guard isObject, cursor.isAtEnd(), let text else { return nil }
    self.init(text, lifetimeSeconds: lifetime)
  }
}

/// One way to a token.
struct TokenSource: Sendable {
  enum Answer: Sendable {
    case token(AccessToken)
    /// There is no such identity here; the next source may have one.
    case absent(String)
  }

  let get: @Sendable (_ action: String) async throws(StorageError) -> Answer
}

/// The token in use, from the first source that has one; replaced before it ends, or when it is refused.
final class TokenCache: Sendable {
  private struct Held {
    let token: AccessToken
    let since: ContinuousClock.Instant
  }

  private let sources: [TokenSource]
  private let held = Mutex<Held?>(nil)
  /// One request for a token at a time, however many wait for it.
  private let gate = RequestGate(width: 1)
  private static let marginSeconds = 120.0

  init(_ sources: [TokenSource]) { self.sources = sources }

  func token(insteadOf refused: String?, action: String) async throws(StorageError) -> String {
    if let token = current(insteadOf: refused) { return token }
    return try await gate.pass(action: action) { () async throws(StorageError) in
      if let token = current(insteadOf: refused) { return token }
      let since = ContinuousClock.now
      let token = try await fetch(action: action)
      held.withLock { $0 = Held(token: token, since: since) }
      return token.text
    }
  }

  private func current(insteadOf refused: String?) -> String? {
    held.withLock { held in
      guard let held, held.token.text != refused else { return nil }
      if let lifetime = held.token.lifetimeSeconds,
        (ContinuousClock.now - held.since) / .seconds(1) > max(lifetime - Self.marginSeconds, lifetime / 2)
      {
        return nil
      }
      return held.token.text
    }
  }

  private func fetch(action: String) async throws(StorageError) -> AccessToken {
    var absences: [String] = []
    for source in sources {
      try StorageError.checkCancellation(action: action)
      switch try await source.get(action) {
      case .token(let token): return token
      case .absent(let reason): absences.append(reason)
      }
    }
    throw StorageError(
      .notAllowed, action: action, reason: "no credentials were found: \(absences.joined(separator: "; "))")
  }
}

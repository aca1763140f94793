internal import ResticStorage
internal import Synchronization
internal import WallTime

/// Credentials that are asked for when they are needed, kept, and asked for anew before they expire.
final class S3CredentialSource: Sendable {
  /// What cannot be done without them, in errors.
  static let action = "cannot get credentials for the S3 service"
  /// How long before their end they are not used any more.
  private static let marginSeconds = 60.0

  private let load: @Sendable () async throws(StorageError) -> S3Credentials
  private let now: @Sendable () -> UnixTime
  private let kept = Mutex<S3Credentials?>(nil)
  private let gate = RequestGate(width: 1)

  init(
    now: @escaping @Sendable () -> UnixTime,
    load: @escaping @Sendable () async throws(StorageError) -> S3Credentials
  ) {
    self.now = now
    self.load = load
  }

  func credentials() async throws(StorageError) -> S3Credentials {
    if let usable { return usable }
    return try await gate.pass(action: Self.action) { () async throws(StorageError) in
      // Whoever was before us in the gate may have got them.
      if let usable { return usable }
      let loaded = try await load()
      kept.withLock { $0 = loaded }
      return loaded
    }
  }

  private var usable: S3Credentials? {
    guard let found = kept.withLock({ $0 }) else { return nil }
    guard let expires = found.expires else { return found }
    return expires.secondsSince(now()) > Self.marginSeconds ? found : nil
  }
}

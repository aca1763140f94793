extension StorageConnection {
  /// A connection whose requests are bounded in number and tried again where that may help.
  ///
  /// `retrier` is `nil` where nothing is tried again; `end` closes what lies below.
  package init(
    retrying storage: some Storage, removal: some LockRemoval, versions: (any LockVersionHistory)? = nil,
    connectionLimit: Int, retrier: Retrier?, end: @escaping @Sendable () async -> Void
  ) {
    let gate = RequestGate(width: connectionLimit)
    let retrier = retrier ?? .never
    let outer = RetryingStorage(LimitedStorage(storage, gate: gate), retrier: retrier)
    self.init(
      storage: outer,
      lockVersions: versions.map { RetryingLockVersions($0, retrier: retrier, gate: gate) },
      removal: { RetryingLockRemoval(removal, storage: outer, retrier: retrier, gate: gate) }, end: end)
  }
}

/// Asks for past versions again where that failed in a way that may pass, and bounds the requests under way.
package struct RetryingLockVersions: LockVersionHistory {
  private let base: any LockVersionHistory
  private let retrier: Retrier
  private let gate: RequestGate

  package init(_ base: any LockVersionHistory, retrier: Retrier, gate: RequestGate) {
    self.base = base
    self.retrier = retrier
    self.gate = gate
  }

  package var keepsWholePast: Bool { base.keepsWholePast }

  package func lockVersions(limit: Int) async throws(StorageError) -> [LockVersion] {
    try await retrier.run { _ async throws(StorageError) in
      try await gate.pass(action: "cannot list the versions of locks") { () async throws(StorageError) in
        try await base.lockVersions(limit: limit)
      }
    }
  }

  package func read(_ version: LockVersion, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    try await retrier.run { _ async throws(StorageError) in
      try await gate.pass(action: "cannot read a version of locks/\(version.name)") {
        () async throws(StorageError) in try await base.read(version, byteLimit: byteLimit)
      }
    }
  }
}

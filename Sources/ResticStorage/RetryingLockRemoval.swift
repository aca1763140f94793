package import WallTime

/// Removes and restores again where that failed in a way that may pass, and tells apart what an attempt of unknown
/// outcome did from what others did.
package struct RetryingLockRemoval: LockRemoval {
  private let base: any LockRemoval
  private let storage: any Storage
  private let retrier: Retrier
  private let gate: RequestGate?

  /// `storage` reads the same repository, `gate` bounds the requests under way.
  package init(
    _ base: any LockRemoval, storage: any Storage, retrier: Retrier, gate: RequestGate? = nil
  ) {
    self.base = base
    self.storage = storage
    self.retrier = retrier
    self.gate = gate
  }

  package func removeLock(_ name: LockFileName) async throws(StorageError) {
    var wasUnanswered = false
    do throws(StorageError) {
      try await retrier.run { earlierFailures async throws(StorageError) in
        wasUnanswered = earlierFailures > 0
        do throws(StorageError) {
          try await pass("cannot remove locks/\(name.text)") { () async throws(StorageError) in
            try await base.removeLock(name)
          }
        } catch {
          // The attempt whose answer was lost may have removed it: gone is what was asked for.
          guard error.kind == .notFound, earlierFailures > 0 else { throw error }
        }
      }
    } catch {
      guard wasUnanswered, error.kind != .cancelled else { throw error }
      // Whatever the last attempt was told, an earlier one may have removed it.
      throw StorageError(.transient, action: error.action, reason: error.reason)
    }
  }

  package func restoreLock(
    _ name: LockFileName, content: [UInt8], modified: UnixTime?
  ) async throws(StorageError) {
    try await retrier.run { earlierFailures async throws(StorageError) in
      do throws(StorageError) {
        try await pass("cannot put back locks/\(name.text)") { () async throws(StorageError) in
          try await base.restoreLock(name, content: content, modified: modified)
        }
      } catch {
        guard error.kind == .alreadyExists, earlierFailures > 0 else { throw error }
        // The attempt whose answer was lost may have written it.
        let file = RepositoryFile.entry(folder: .locks, name: name.text)
        let there = try? await storage.read(file, byteLimit: content.count)
        guard there == content else { throw error }
      }
    }
  }

  private func pass(
    _ action: String, _ body: () async throws(StorageError) -> Void
  ) async throws(StorageError) {
    guard let gate else { return try await body() }
    try await gate.pass(action: action, body)
  }
}

package import WallTime

/// Asks another storage again where it failed in a way that may pass.
package struct RetryingStorage: Storage {
  private let base: any Storage
  private let retrier: Retrier

  package init(_ base: any Storage, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  package var displayName: String { base.displayName }
  package var clockOffsetSeconds: Double? { base.clockOffsetSeconds }

  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    try await retrier.run { _ async throws(StorageError) in try await base.list(folder, limit: limit) }
  }

  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? {
    await base.lastChange(of: folder)
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    try await retrier.run { _ async throws(StorageError) in try await base.stat(file) }
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    try await retrier.run { _ async throws(StorageError) in
      try await base.read(file, byteLimit: byteLimit)
    }
  }
}

package import ResticStorage
internal import Synchronization
package import WallTime

/// Keeps the bytes of each lock file that is read through it, so that the evidence is what was judged.
package final class EvidenceKeeper: Storage {
  private let base: any Storage
  private let state = Mutex(State())

  private struct State {
    var locks: [String: [UInt8]] = [:]
    var byteCount = 0
    var config: [UInt8]?
  }

  package init(keeping base: any Storage) { self.base = base }

  package var displayName: String { base.displayName }
  package var clockOffsetSeconds: Double? { base.clockOffsetSeconds }

  /// The bytes of a lock as they were read last; `nil` where they were not read, or were too many to keep.
  func lock(_ name: String) -> [UInt8]? { state.withLock { $0.locks[name] } }
  var config: [UInt8]? { state.withLock { $0.config } }

  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    try await base.list(folder, limit: limit)
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    try await base.stat(file)
  }

  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? {
    await base.lastChange(of: folder)
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let content = try await base.read(file, byteLimit: byteLimit)
    state.withLock { state in
      switch file {
      case .config: state.config = content
      case .entry(.locks, let name):
        state.byteCount += content.count - (state.locks[name]?.count ?? 0)
        if state.byteCount <= AuditLimits.evidenceByteCount {
          state.locks[name] = content
        } else {
          state.byteCount -= content.count
          state.locks[name] = nil
        }
      case .entry: break
      }
    }
    return content
  }
}

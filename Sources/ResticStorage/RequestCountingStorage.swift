internal import Synchronization
package import WallTime

/// Counts what is asked of another storage, for `-vv` and for tests that bound the number of requests.
package final class RequestCountingStorage: Storage {
  package struct Counts: Hashable, Sendable {
    package var lists = 0
    package var stats = 0
    package var reads = 0
    /// Requests that ended in an error, which are counted above too.
    package var failures = 0
    package var listedEntries = 0
    package var readByteCount = 0

    package init() {}
  }

  private let base: any Storage
  private let state = Mutex(Counts())

  package init(counting base: any Storage) { self.base = base }

  package var counts: Counts { state.withLock { $0 } }
  package var displayName: String { base.displayName }
  package var clockOffsetSeconds: Double? { base.clockOffsetSeconds }

  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    state.withLock { $0.lists += 1 }
    do throws(StorageError) {
      let entries = try await base.list(folder, limit: limit)
      state.withLock { $0.listedEntries += entries.count }
      return entries
    } catch {
      throw counted(error)
    }
  }

  package func names(in folder: RepositoryFolder, limit: Int) async -> Set<String>? {
    guard let names = await base.names(in: folder, limit: limit) else { return nil }
    state.withLock { counts in
      counts.lists += 1
      counts.listedEntries += names.count
    }
    return names
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    state.withLock { $0.stats += 1 }
    do throws(StorageError) {
      return try await base.stat(file)
    } catch {
      throw counted(error)
    }
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    state.withLock { $0.reads += 1 }
    do throws(StorageError) {
      let content = try await base.read(file, byteLimit: byteLimit)
      state.withLock { $0.readByteCount += content.count }
      return content
    } catch {
      throw counted(error)
    }
  }

  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? {
    state.withLock { $0.stats += 1 }
    return await base.lastChange(of: folder)
  }

  private func counted(_ error: StorageError) -> StorageError {
    state.withLock { $0.failures += 1 }
    return error
  }
}

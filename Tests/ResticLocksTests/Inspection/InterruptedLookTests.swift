import ResticLocks
import ResticStorage
import Synchronization
import TestSupport
import Testing

@Suite("A look that is interrupted") struct InterruptedLookTests {
  @Test(
    "is told as interrupted, and not as a repository that can't be read",
    arguments: [InMemoryStorage.Request.list(.locks), .stat(.config), .read(.config)])
  func cutRequest(cut: InMemoryStorage.Request) async throws {
    let repository = try MemoryRepository()
    try repository.putLock(secondsAgo: 300)
    repository.storage.beforeEach { request, _, _ throws(StorageError) in
      if request == cut {
        throw StorageError(.cancelled, action: "cannot go on", reason: "the operation was cancelled")
      }
    }
    do {
      _ = try await repository.inspect()
      Issue.record("the look ended well")
    } catch let error as RepositoryError {
      guard case .cancelled = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("while it reads locks, calls none of them unreadable")
  func cutWhileReading() async throws {
    let repository = try MemoryRepository()
    let lock = try repository.putLock(secondsAgo: 300)
    let looking = Mutex<Task<Inspection, any Error>?>(nil)
    let isReady = Mutex(false)
    repository.storage.beforeEach { request, _, _ throws(StorageError) in
      guard request == .read(lock) else { return }
      looking.withLock { $0?.cancel() }
      throw StorageError(.cancelled, action: "cannot read it", reason: "the operation was cancelled")
    }
    let task = Task {
      while !isReady.withLock({ $0 }) { await Task.yield() }
      return try await repository.inspect()
    }
    looking.withLock { $0 = task }
    isReady.withLock { $0 = true }
    await #expect { try await task.value } throws: { error in
      if case .cancelled = error as? RepositoryError { true } else { false }
    }
  }
}

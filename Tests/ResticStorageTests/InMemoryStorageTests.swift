import ResticStorage
import StorageContract
import Testing
import WallTime

@Suite struct InMemoryStorageTests {
  @Test("a hook can change the files between two listings")
  func changingListing() async throws {
    let storage = InMemoryStorage()
    storage.put([1], at: .lock("a"))
    storage.beforeEach { request, earlierCount, storage in
      if request == .list(.locks), earlierCount == 1 { storage.remove(.lock("a")) }
    }
    #expect(try await storage.list(.locks, limit: 1).count == 1)
    #expect(try await storage.list(.locks, limit: 1).isEmpty)
    #expect(storage.requests == [.list(.locks), .list(.locks)])
  }

  @Test("a hook can fail the first reads of one file")
  func readErrors() async throws {
    let storage = InMemoryStorage()
    storage.put([1], at: .lock("a"))
    storage.put([2], at: .lock("b"))
    storage.beforeEach { request, earlierCount, _ throws(StorageError) in
      if request == .read(.lock("a")), earlierCount < 2 {
        throw StorageError(.transient, action: "cannot read a", reason: "injected")
      }
    }
    #expect(try await storage.read(.lock("b"), byteLimit: 1) == [2])
    await expect(.transient) { _ = try await storage.read(.lock("a"), byteLimit: 1) }
    await expect(.transient) { _ = try await storage.read(.lock("a"), byteLimit: 1) }
    #expect(try await storage.read(.lock("a"), byteLimit: 1) == [1])
  }

  @Test("a slow request that is cancelled meanwhile gets no answer")
  func delay() async throws {
    let storage = InMemoryStorage()
    storage.put([1], at: .config)
    storage.beforeEach { _, _, _ in try? await Task.sleep(for: .seconds(60)) }
    let task = Task { await expect(.cancelled) { _ = try await storage.stat(.config) } }
    task.cancel()
    await task.value
  }

  @Test("every request is counted, failures twice")
  func counting() async throws {
    let memory = InMemoryStorage()
    memory.put([1, 2, 3], at: .lock("a"))
    let storage = RequestCountingStorage(counting: memory)
    _ = try await storage.list(.locks, limit: 5)
    _ = try await storage.read(.lock("a"), byteLimit: 5)
    await expect(.notFound) { _ = try await storage.stat(.config) }
    await expect(.tooLarge) { _ = try await storage.read(.lock("a"), byteLimit: 2) }
    var expected = RequestCountingStorage.Counts()
    (expected.lists, expected.reads, expected.stats) = (1, 2, 1)
    (expected.failures, expected.listedEntries, expected.readByteCount) = (2, 1, 3)
    #expect(storage.counts == expected)
  }
}

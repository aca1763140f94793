import ResticStorage
import Testing
import WallTime

/// What every storage promises that can remove a lock file and put it back.
package enum LockRemovalContract {
  private static let noon = UnixTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
  /// SHA-256 of `restored`: some servers take no other content under a name.
  private static let name = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"
  private static let other = String(repeating: "8b", count: 32)

  private static func lock(_ text: String) throws -> LockFileName { try #require(LockFileName(text)) }

  package static let all: [Promise] = [
    Promise("exactly the named file goes", removes),
    Promise("what is gone already is not found, and nothing else goes", missing),
    Promise("a removed file comes back with its bytes and its time", restores),
    Promise("a file that is there is not replaced", keepsWhatIsThere),
    Promise("a cancelled task changes nothing", cancellation),
  ]

  @Sendable private static func removes(_ subject: StorageSubject) async throws {
    for name in [name, other, name + "-tmp-12"] { try await subject.put([1], .lock(name), noon) }
    try await subject.removal.removeLock(lock(name))
    #expect(
      Set(try await subject.storage.list(.locks, limit: 10).map(\.name)) == [other, name + "-tmp-12"])
    guard subject.traits.servesTemporaryNames else {
      // Listed, and out of reach: that has to be said, not taken for gone.
      await expect(.permanent) { try await subject.removal.removeLock(lock(name + "-tmp-12")) }
      return
    }
    try await subject.removal.removeLock(lock(name + "-tmp-12"))
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == [other])
  }

  @Sendable private static func missing(_ subject: StorageSubject) async throws {
    try await subject.put([1], .lock(other), noon)
    await expect(subject.traits.tellsWhatIsGone ? .notFound : nil) {
      try await subject.removal.removeLock(lock(name))
    }
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == [other])
  }

  @Sendable private static func restores(_ subject: StorageSubject) async throws {
    try await subject.put([0], .config, noon)
    try await subject.put([1, 2, 3], .lock(name), noon)
    try await subject.removal.removeLock(lock(name))
    try await subject.removal.restoreLock(lock(name), content: [1, 2, 3], modified: noon)
    subject.expect(
      try await subject.storage.list(.locks, limit: 10),
      [FileEntry(name: name, byteCount: 3, modified: noon)], afterRestoring: true)
    #expect(try await subject.storage.read(.lock(name), byteLimit: 10) == [1, 2, 3])
  }

  @Sendable private static func keepsWhatIsThere(_ subject: StorageSubject) async throws {
    try await subject.put([0], .config, noon)
    try await subject.put([1], .lock(name), noon)
    await expect(.alreadyExists) {
      try await subject.removal.restoreLock(lock(name), content: [2], modified: nil)
    }
    #expect(try await subject.storage.read(.lock(name), byteLimit: 10) == [1])
    #expect(try await subject.storage.list(.locks, limit: 10).count == 1)
  }

  @Sendable private static func cancellation(_ subject: StorageSubject) async throws {
    try await subject.put([1], .lock(name), noon)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      await expect(.cancelled) { try await subject.removal.removeLock(lock(name)) }
      await expect(.cancelled) {
        try await subject.removal.restoreLock(lock(other), content: [1], modified: nil)
      }
    }
    task.cancel()
    await task.value
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == [name])
  }
}

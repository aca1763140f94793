import ResticStorage
import Testing
import WallTime

@Suite struct HostileRemovalTests {
  private let name = FakeServer.lockName
  private func lock(_ text: String) throws -> LockFileName { try #require(LockFileName(text)) }

  @Test("a file that is marked read-only goes where the server wants the mark off first")
  func readOnly() async throws {
    try await FakeServer("windows").withConnection { (connection: StorageConnection) async throws in
      try await connection.lockRemoval().removeLock(lock(name))
      #expect(try await connection.storage.list(.locks, limit: 10).isEmpty)
    }
  }

  @Test("where the server refuses all the same, the file stays as it was")
  func refused() async throws {
    try await FakeServer("windows-stubborn").withConnection { (connection: StorageConnection) async throws in
      await expectError(.notAllowed) { try await connection.lockRemoval().removeLock(lock(name)) }
      #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [name])
    }
  }

  @Test(
    "a file comes back, whatever the server offers to name it with",
    arguments: ["links", "plain", "no-links", "overwriting"])
  func restores(_ mode: String) async throws {
    try await FakeServer(mode).withConnection { (connection: StorageConnection) async throws in
      let removal = connection.lockRemoval()
      try await removal.removeLock(lock(name))
      await expectError(.notFound) { try await removal.removeLock(lock(name)) }
      try await removal.restoreLock(lock(name), content: [9, 8], modified: UnixTime(seconds: 1_700_000_000))
      await expectError(.alreadyExists) {
        try await removal.restoreLock(lock(name), content: [7], modified: nil)
      }
      #expect(try await connection.storage.read(FakeServer.lock, byteLimit: 10) == [9, 8])
      #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [name])
    }
  }

  @Test("an upload of many pieces comes back whole")
  func large() async throws {
    try await FakeServer("plain").withConnection { (connection: StorageConnection) async throws in
      let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let other = String(repeating: "6b", count: 32)
      try await connection.lockRemoval().restoreLock(lock(other), content: content, modified: nil)
      let read = try await connection.storage.read(.entry(folder: .locks, name: other), byteLimit: 100_000)
      #expect(read == content)
    }
  }

  @Test("an upload that fails leaves nothing behind")
  func failing() async throws {
    try await FakeServer("no-space").withConnection { (connection: StorageConnection) async throws in
      let other = String(repeating: "6b", count: 32)
      await expectError(.permanent) {
        try await connection.lockRemoval().restoreLock(lock(other), content: [1], modified: nil)
      }
      #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [name])
    }
  }
}

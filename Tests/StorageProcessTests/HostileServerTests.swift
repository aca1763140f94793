import Foundation
import ResticStorage
import TestSupport
import Testing
import WallTime

@Suite struct HostileServerTests {
  @Test(
    "what is no sftp server gives no session, a message with advice, and leaves no child",
    arguments: [
      ("garbage", "no SFTP"), ("banner", "Welcome to example.com"), ("flood", "no SFTP"),
      ("exit-255", "ended with exit status 255"), ("version-6", "version 6"),
    ])
  func noSession(_ mode: String, _ words: String) async throws {
    let server = try FakeServer(mode)
    let error = await #expect(throws: TransportError.self) { _ = try await server.connect() }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.hint.isEmpty == false)
    server.expectNoChild()
  }

  @Test("silence instead of a session ends with the time allowed", arguments: ["silent", "deaf"])
  func silence(_ mode: String) async throws {
    let server = try FakeServer(mode)
    let error = await #expect(throws: TransportError.self) {
      _ = try await server.connect { $0.connectTimeoutSeconds = 1 }
    }
    #expect(error?.description.contains("did not answer within 1 seconds") == true)
    server.expectNoChild()
  }

  @Test(
    "answers that break the protocol are errors for every request under way, and not tried again",
    arguments: [
      "huge", "empty-packet", "wrong-id", "short", "unknown-type", "wrong-answer",
    ])
  func broken(_ mode: String) async throws {
    let server = try FakeServer(mode)
    try await server.withConnection { (connection: StorageConnection) async throws in
      await expectError(.permanent) { _ = try await connection.storage.stat(.config) }
    }
  }

  @Test("an answer without a question ends the session")
  func unasked() async throws {
    let server = try FakeServer("unasked")
    let connection = try await server.connect()
    // The first request may find the session ended already, and then begins another of the same kind.
    _ = try? await connection.storage.stat(.config)
    await connection.close()
    server.expectNoChild(count: server.pids.count)
  }

  @Test(
    "a connection cut in the middle of a packet, or a server that dies, may pass",
    arguments: ["cut", "dying"])
  func cut(_ mode: String) async throws {
    let server = try FakeServer(mode)
    try await server.withConnection { (connection: StorageConnection) async throws in
      await expectError(.transient) { _ = try await connection.storage.list(.locks, limit: 10) }
    }
  }

  @Test(
    "a server that does not answer, or never completes its answer, is given up", arguments: ["mute", "drip"])
  func mute(_ mode: String) async throws {
    let server = try FakeServer(mode)
    try await server.withConnection { settings in
      settings.idleTimeoutSeconds = 1
    } _: { (connection: StorageConnection) async throws in
      let error = await expectError(.transient) { _ = try await connection.storage.stat(.config) }
      #expect(error?.reason.contains("within 1 seconds") == true)
    }
  }

  @Test(
    "a listing without end is refused once it is beyond the limit",
    arguments: [("endless", "more than 100 entries"), ("endless-empty", "does not end")])
  func endless(_ mode: String, _ words: String) async throws {
    let server = try FakeServer(mode)
    try await server.withConnection { (connection: StorageConnection) async throws in
      let error = await expectError(.permanent) { _ = try await connection.storage.list(.locks, limit: 100) }
      #expect(error?.reason.contains(words) == true)
    }
  }

  @Test(
    "listings that lie are refused", arguments: ["lying-count", "long-handle", "ok-for-everything"])
  func lying(_ mode: String) async throws {
    let server = try FakeServer(mode)
    try await server.withConnection { (connection: StorageConnection) async throws in
      await expectError(.permanent) { _ = try await connection.storage.list(.locks, limit: 100) }
    }
  }

  @Test("names that lead elsewhere are listed, and lead nowhere")
  func slashes() async throws {
    let server = try FakeServer("slashes")
    try await server.withConnection { (connection: StorageConnection) async throws in
      let names = try await connection.storage.list(.locks, limit: 100).map(\.name)
      #expect(Set(names) == ["../../config", "a/b", "", "/etc/passwd", "x\0y", FakeServer.lockName])
      for name in names where name != FakeServer.lockName {
        await expectError(.notFound) {
          _ = try await connection.storage.read(.entry(folder: .locks, name: name), byteLimit: 100)
        }
      }
    }
  }

  @Test(
    "a file without end, or with more than was asked for, is refused",
    arguments: [
      ("endless-data", StorageError.Class.tooLarge), ("too-much-data", .permanent), ("no-data", .permanent),
    ])
  func endlessData(_ mode: String, _ kind: StorageError.Class) async throws {
    let server = try FakeServer(mode)
    try await server.withConnection { (connection: StorageConnection) async throws in
      await expectError(kind) { _ = try await connection.storage.read(FakeServer.lock, byteLimit: 1000) }
    }
  }

  @Test("a refusal is told as one")
  func denied() async throws {
    let server = try FakeServer("denied")
    try await server.withConnection { (connection: StorageConnection) async throws in
      let error = await expectError(.notAllowed) { _ = try await connection.storage.list(.locks, limit: 1) }
      #expect(error?.reason.contains("as you like") == true)
    }
  }

  @Test(
    "servers with peculiarities are read like others",
    arguments: ["plain", "terse", "extended", "bare-names", "pieces"])
  func peculiar(_ mode: String) async throws {
    let server = try FakeServer(mode)
    let expected = FileEntry(
      name: FakeServer.lockName, byteCount: 4, modified: UnixTime(seconds: 1_700_000_001))
    try await server.withConnection { (connection: StorageConnection) async throws in
      #expect(try await connection.storage.list(.locks, limit: 1) == [expected])
      #expect(try await connection.storage.read(FakeServer.lock, byteLimit: 4) == [4, 5, 6, 7])
      #expect(connection.storage.clockOffsetSeconds == nil)
    }
  }

  @Test("many requests at once get each its own answer")
  func manyAtOnce() async throws {
    let server = try FakeServer("plain")
    try await server.withConnection { (connection: StorageConnection) async throws in
      let storage = connection.storage
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<200 {
          group.addTask {
            let isEven = index % 2 == 0
            let content = try await storage.read(isEven ? .config : FakeServer.lock, byteLimit: 10)
            #expect(content == (isEven ? [1, 2, 3] : [4, 5, 6, 7]))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("a cancelled request ends at once, and the child with the connection")
  func cancelled() async throws {
    let server = try FakeServer("mute")
    try await server.withConnection { (connection: StorageConnection) async throws in
      let task = Task { try await connection.storage.list(.locks, limit: 10) }
      try await Task.sleep(for: .milliseconds(100))
      task.cancel()
      await expectError(.cancelled) { _ = try await task.value }
    }
  }

  @Test("a connecting task that is cancelled leaves no child", arguments: ["silent", "deaf"])
  func cancelledConnecting(_ mode: String) async throws {
    let server = try FakeServer(mode)
    let task = Task { try await server.connect() }
    while server.pids.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    server.expectNoChild()
  }

  @Test("a session that was lost is begun anew, and the old child is gone")
  func reconnects() async throws {
    let server = try FakeServer("plain")
    let connection = try await server.connect()
    #expect(try await connection.storage.read(.config, byteLimit: 10) == [1, 2, 3])
    let first = try #require(server.pids.first)
    kill(first, SIGKILL)
    while kill(first, 0) == 0 {
      _ = try? await connection.storage.stat(.config)
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try await connection.storage.read(.config, byteLimit: 10) == [1, 2, 3])
    await connection.close()
    server.expectNoChild(count: 2)
    await expectError(.permanent) { _ = try await connection.storage.stat(.config) }
  }

  @Test("a connection that nobody closes takes its child along")
  func forgotten() async throws {
    let server = try FakeServer("plain")
    _ = try await server.connect()
    let pid = try #require(server.pids.first)
    while kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(5)) }
  }
}

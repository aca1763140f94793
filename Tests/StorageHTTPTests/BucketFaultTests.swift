import BackendServers
import ResticStorage
import StorageContract
import Testing

/// The same faults for every service over buckets: each ends with an error of the right kind, in bounded time.
@Suite struct BucketFaultTests {
  private static let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"

  private func fails(
    _ service: FaultyBucket, _ kind: StorageError.Class, with steps: [FaultServer.Step]
  ) async throws {
    let server = try service.server { ask, _ in ask == .read ? steps : nil }
    let connection = try await service.connect(server) {
      $0.retries = false
      $0.idleTimeoutSeconds = 0.5
    }
    await expect(kind) { _ = try await connection.storage.read(.lock(FaultyBucket.lock), byteLimit: 1000) }
    await connection.close()
    withExtendedLifetime(server) {}
  }

  @Test("an answer that breaks off, or none, is a failure that may pass", arguments: FaultyBucket.allCases)
  func broken(_ service: FaultyBucket) async throws {
    try await fails(service, .transient, with: [.text(Self.cut), .close])
    try await fails(service, .transient, with: [.text(Self.cut), .reset])
    try await fails(service, .transient, with: [.reset])
    try await fails(service, .transient, with: [.text(Self.cut), .pause(seconds: 30)])
    try await fails(service, .transient, with: [.answer(503)])
  }

  @Test("an answer that is none, or larger than it may be, is refused", arguments: FaultyBucket.allCases)
  func unsound(_ service: FaultyBucket) async throws {
    let flood = FaultServer.Step.endless([UInt8](repeating: 0x20, count: 65_536))
    try await fails(service, .tooLarge, with: [.text("HTTP/1.1 200 OK\r\n\r\n"), flood])
    try await fails(service, .notFound, with: [.answer(404)])
    try await fails(service, .permanent, with: [.answer(302, ["Location": "http://127.0.0.1:9/"])])
  }

  @Test("what may pass is tried again, and then done", arguments: FaultyBucket.allCases)
  func passing(_ service: FaultyBucket) async throws {
    let server = try service.server { ask, count in
      switch ask {
      case .read: count == 0 ? [.answer(503)] : [.answer(200, [:], "x")]
      case .list: count == 0 ? [.reset] : nil
      default: nil
      }
    }
    let connection = try await service.connect(server)
    #expect(try await connection.storage.list(.locks, limit: 9).isEmpty)
    #expect(try await connection.storage.read(.lock(FaultyBucket.lock), byteLimit: 9) == [0x78])
    await connection.close()
  }

  @Test(
    "a removal whose answer was lost is told as done when the lock is gone on the next try, and else as not there",
    arguments: FaultyBucket.allCases.filter { $0 != .s3 })
  func lostAnswer(_ service: FaultyBucket) async throws {
    let server = try service.server { ask, count in
      switch ask {
      case .versions: count == 0 ? [.answer(200, [:], FaultyBucket.oneVersion)] : nil
      case .remove: count == 0 ? [.reset] : nil
      default: nil
      }
    }
    let connection = try await service.connect(server)
    let name = try #require(LockFileName(FaultyBucket.lock))
    try await connection.lockRemoval().removeLock(name)
    await expect(.notFound) { try await connection.lockRemoval().removeLock(name) }
    await connection.close()
  }
}

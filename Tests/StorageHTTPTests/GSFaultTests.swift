import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import Synchronization
import TestSupport
import Testing
import WallTime

/// Refusals of Google's storage, and answers that are none.
@Suite struct GSFaultTests {
  private static let lock = String(repeating: "8a", count: 32)
  private static let token = "ya29.the-token"

  private func connect(_ server: FaultServer, _ more: [String: String] = [:]) async throws
    -> StorageConnection
  {
    try await StorageConnector.testing(
      "gs:bucket:/pre",
      ["STORAGE_EMULATOR_HOST": server.url, "GOOGLE_ACCESS_TOKEN": Self.token].merging(more) { $1 }
    ) { $0.retries = false }.connect()
  }

  private func failure(
    _ steps: @escaping FaultServer.Handler, _ ask: (StorageConnection) async throws -> Void
  ) async throws -> StorageError {
    let server = try FaultServer(steps)
    defer { withExtendedLifetime(server) {} }
    let connection = try await connect(server)
    do {
      try await ask(connection)
    } catch let error as StorageError {
      await connection.close()
      #expect(!error.description.contains(Self.token) && !error.description.contains("hush"), "\(error)")
      return error
    }
    await connection.close()
    throw ServerError(description: "nothing failed")
  }

  private static let read: @Sendable (StorageConnection) async throws -> Void = {
    _ = try await $0.storage.read(.lock(lock), byteLimit: 1000)
  }
  private static let list: @Sendable (StorageConnection) async throws -> Void = {
    _ = try await $0.storage.list(.locks, limit: 1000)
  }

  private static func refusal(_ status: Int, _ reason: String) -> FaultServer.Step {
    .answer(
      status, ["Content-Type": "application/json"],
      #"{"error": {"code": \#(status), "message": "hush", "errors": [{"message": "hush", "reason": "\#(reason)"}]}}"#
    )
  }

  @Test(
    "each refusal has its class and says what to do",
    arguments: [
      (403, "forbidden", StorageError.Class.notAllowed, "storage.objects.get"),
      (401, "authError", .notAllowed, "GOOGLE_ACCESS_TOKEN"),
      (404, "notFound", .notFound, "does not have it"),
      (403, "rateLimitExceeded", .transient, "rateLimitExceeded"), (429, "", .transient, "429"),
      (503, "backendError", .transient, ""), (500, "", .transient, ""),
      (400, "invalid", .permanent, "invalid"),
      (302, "", .permanent, "nowhere"), (418, "<b>hush</b>", .permanent, "418"),
    ])
  func refusals(_ status: Int, _ reason: String, _ kind: StorageError.Class, _ words: String) async throws {
    let error = try await failure({ _, _ in [Self.refusal(status, reason)] }, Self.read)
    #expect(error.kind == kind && (words.isEmpty || error.description.contains(words)), "\(error)")
  }

  @Test("a missing permission is named for each kind of request")
  func permissions() async throws {
    let denied: FaultServer.Handler = { _, _ in [Self.refusal(403, "forbidden")] }
    let name = try #require(LockFileName(Self.lock))
    #expect(try await failure(denied, Self.list).description.contains("storage.objects.list"))
    #expect(
      try await failure(denied) { _ = try await $0.storage.stat(.config) }.description
        .contains("storage.objects.get"))
    #expect(
      try await failure(denied) { try await $0.lockRemoval().removeLock(name) }.description
        .contains("storage.objects.delete"))
    #expect(
      try await failure(denied) { try await $0.lockRemoval().restoreLock(name, content: [1], modified: nil) }
        .description.contains("storage.objects.create"))
  }

  @Test("what is put back is written only where nothing is, by the service's own decision")
  func precondition() async throws {
    let server = try FaultServer { request, _ in
      request.method == "POST" ? [Self.refusal(412, "conditionNotMet")] : [.answer(200, [:], "{}")]
    }
    let connection = try await connect(server)
    let name = try #require(LockFileName(Self.lock))
    await expect(.alreadyExists) {
      try await connection.lockRemoval().restoreLock(name, content: [7], modified: nil)
    }
    await connection.close()
    let upload = try #require(server.requests.last)
    #expect(upload.method == "POST" && upload.body == [7])
    #expect(
      upload.target
        == "/upload/storage/v1/b/bucket/o?ifGenerationMatch=0&name=pre%2Flocks%2F\(Self.lock)&uploadType=media"
    )
  }

  @Test("no redirect is followed, and the token goes nowhere else")
  func redirects() async throws {
    let elsewhere = try FaultServer { _, _ in [.answer(200, [:], "{}")] }
    let error = try await failure({ _, _ in [.answer(307, ["Location": "\(elsewhere.url)/x"])] }, Self.list)
    #expect(error.kind == .permanent && elsewhere.requests.isEmpty, "\(error)")
  }

  @Test(
    "listings that are none, or go nowhere, are refused",
    arguments: [
      "", "[]", "{", "null", #"{"items": {}}"#, #"{"items": [1]}"#, #"{"items": [{"name": "pre/locks/a"}]}"#,
      #"{"items": [{"name": "other/a", "size": "1"}]}"#,
      #"{"items": [{"name": "pre/locks/a", "size": "-1"}]}"#,
      #"{"items": [{"size": "1"}]}"#, #"{"prefixes": ["other/"]}"#, #"{"nextPageToken": "t"}"#, "{} {}",
      String(repeating: #"{"items":["#, count: 500),
    ])
  func listings(_ body: String) async throws {
    let error = try await failure({ _, _ in [.answer(200, [:], body)] }, Self.list)
    #expect(error.kind == .permanent, "\(error)")
  }

  @Test("pages without end are cut off at the limit of entries, and empty ones after some")
  func endlessPages() async throws {
    let error = try await failure(
      { _, count in
        let items = (0..<100).map { #"{"name": "pre/locks/\#(count)-\#($0)", "size": "1"}"# }
          .joined(separator: ",")
        return [.answer(200, [:], #"{"items": [\#(items)], "nextPageToken": "\#(count)"}"#)]
      }, Self.list)
    #expect(error.kind == .permanent && error.description.contains("more than 1000"), "\(error)")
    let empty = try await failure(
      { _, count in [.answer(200, [:], #"{"nextPageToken": "\#(count)"}"#)] }, Self.list)
    #expect(empty.kind == .permanent, "\(empty)")
    let large = try await failure(
      { _, _ in
        [.text("HTTP/1.1 200 OK\r\n\r\n{\"items\": ["), .endless([UInt8](repeating: 0x20, count: 65_536))]
      }, Self.list
    )
    #expect(large.kind == .tooLarge, "\(large)")
  }

  @Test("names, sizes and times are read as they are, and locks of the old layout are found")
  func entries() async throws {
    let server = try FaultServer { request, _ in
      let items = URLComponents(string: request.target)?.queryItems ?? []
      let prefix = items.first { $0.name == "prefix" }?.value ?? ""
      let keys = ["pre/config", "pre/key/\(Self.lock)", "pre/lock/\(Self.lock)", "pre/locks/a"]
      let found = keys.filter { $0.hasPrefix(prefix) }.map {
        #"{"name": "\#($0)", "size": "7", "updated": "2026-11-22T19:54:01.250Z", "x": {"y": [1]}}"#
      }
      return [.answer(200, [:], #"{"kind": "x", "items": [\#(found.joined(separator: ","))]}"#)]
    }
    let connection = try await connect(server)
    let entries = try await connection.storage.list(.locks, limit: 10)
    #expect(entries.map(\.name) == [Self.lock] && entries.first?.byteCount == 7)
    #expect(entries.first?.modified?.rfc3339 == "2026-11-22T19:54:01.25Z")
    await connection.close()
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(Self.token)" })
  }

  @Test("a free repository costs one listing and one look at its config")
  func requestCount() async throws {
    let server = try FaultServer { request, _ in
      request.target.contains("/o/pre%2Fconfig")
        ? [.answer(200, [:], #"{"size": "155"}"#)] : [.answer(200, [:], "{}")]
    }
    let result = try await ReslockBinary.run(
      ["status", "-r", "gs:bucket:/pre"], repository: nil,
      environment: ["STORAGE_EMULATOR_HOST": server.url, "GOOGLE_ACCESS_TOKEN": Self.token])
    #expect(result.exitCode == 0, "\(result.stderr)")
    #expect(server.requests.count == 2)
  }

  @Test("a login that is refused is not tried again, and one that is busy is")
  func logins() async throws {
    let folder = try TemporaryFolder("user")
    let answer = Mutex(400)
    let tokens = try FaultServer { _, _ in
      [.answer(answer.withLock { $0 }, [:], #"{"error": "invalid_grant", "error_description": "hush"}"#)]
    }
    try JSONSerialization.data(withJSONObject: [
      "type": "authorized_user", "client_id": "c", "client_secret": "hush", "refresh_token": "hush",
      "token_uri": "\(tokens.url)/token",
    ]).write(to: folder.url.appendingPathComponent("c.json"))
    let storage = try FaultServer { _, _ in [.answer(200, [:], "{}")] }
    func fails(_ expected: String) async throws {
      let result = try await ReslockBinary.run(
        ["status", "-r", "gs:bucket:/pre"], repository: nil,
        environment: [
          "STORAGE_EMULATOR_HOST": storage.url, "GOOGLE_APPLICATION_CREDENTIALS": folder.path("c.json"),
        ])
      #expect(result.exitCode == 1 && result.stderr.contains(expected), "\(result.stderr)")
      #expect(!result.stderr.contains("hush"), "\(result.stderr)")
    }
    try await fails("invalid_grant")
    #expect(tokens.requests.count == 1 && storage.requests.isEmpty)
    #expect(
      tokens.requests.first.map { String(decoding: $0.body, as: UTF8.self) }?.contains("refresh_token=hush")
        == true)
    answer.withLock { $0 = 503 }
    try await fails("503")
    #expect(tokens.requests.count > 2)
  }
}

import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import StorageHTTP
import TestSupport
import Testing

/// Servers that fail, lie or attack: everything ends with an error of the right kind, in bounded time and memory.
@Suite struct FaultTests {
  private static let lock = String(repeating: "8a", count: 32)
  private static let v2 = ["Content-Type": "application/vnd.x.restic.rest.v2"]
  private static let secret = "verysecretword"

  /// A connection without retries to a server that does these steps for each request.
  private func connect(
    _ server: FaultServer, _ adjust: @escaping (inout TransportSettings) -> Void = { _ in }
  ) async throws -> StorageConnection {
    try await StorageConnector.testing("rest:http://user:\(Self.secret)@127.0.0.1:\(server.port)/r/") {
      $0.retries = false
      adjust(&$0)
    }.connect()
  }

  private func expectFailure(
    _ kind: StorageError.Class, saying words: String = "", _ steps: @escaping FaultServer.Handler,
    _ ask: @escaping (any Storage) async throws -> Void
  ) async throws {
    let server = try FaultServer(steps)
    let connection = try await connect(server) { $0.idleTimeoutSeconds = 20 }
    defer { withExtendedLifetime(server) {} }
    do {
      try await ask(connection.storage)
      Issue.record("nothing failed")
    } catch let error as StorageError {
      #expect(error.kind == kind, "\(error)")
      #expect(words.isEmpty || error.description.contains(words), "\(error)")
      #expect(!error.description.contains(Self.secret) && !error.description.contains("Basic"))
    }
    await connection.close()
  }

  private static let read: @Sendable (any Storage) async throws -> Void = {
    _ = try await $0.read(.lock(lock), byteLimit: 1000)
  }
  private static let list: @Sendable (any Storage) async throws -> Void = {
    _ = try await $0.list(.locks, limit: 1000)
  }

  @Test(
    "a listing that failed behind rclone is not an empty folder", arguments: ["rclone/v1.60.1-DEV", "nginx"])
  func rcloneListing(server: String) async throws {
    try await expectFailure(
      server == "nginx" ? .notFound : .transient, { _, _ in [.answer(404, ["Server": server])] }, Self.list)
    try await expectFailure(.notFound, { _, _ in [.answer(404, ["Server": server])] }, Self.read)
  }

  @Test(
    "a broken answer is a failure that may pass",
    arguments: [
      (
        "body cut short",
        [FaultServer.Step.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), .close]
      ),
      ("reset in mid-body", [.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), .reset]),
      ("chunk cut short", [.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"), .close]),
      ("reset before the answer", [.reset]), ("closed before the answer", [.close]),
      ("no HTTP", [.text("SSH-2.0-OpenSSH_9\r\n\r\n"), .close]),
      ("cut in the head", [.text("HTTP/1.1 200 O"), .close]),
    ])
  func broken(_ name: String, _ steps: [FaultServer.Step]) async throws {
    try await expectFailure(.transient, { _, _ in steps }, Self.read)
    try await expectFailure(.transient, { _, _ in steps }, Self.list)
  }

  @Test(
    "statuses are sorted by what can be done",
    arguments: [
      (404, StorageError.Class.notFound), (410, .notFound), (401, .notAllowed), (403, .notAllowed),
      (400, .permanent),
      (405, .permanent), (418, .permanent), (429, .transient), (500, .transient), (502, .transient),
      (503, .transient), (504, .transient), (501, .permanent),
    ])
  func statuses(_ status: Int, _ kind: StorageError.Class) async throws {
    try await expectFailure(
      kind, { _, _ in [.answer(status, [:], "the server says \(Self.secret)")] }, Self.read)
  }

  @Test("what streams for ever, or beyond its limit, is cut off")
  func endless() async throws {
    let chunk = [UInt8](repeating: 0x61, count: 65_536)
    try await expectFailure(
      .tooLarge, { _, _ in [.text("HTTP/1.1 200 OK\r\n\r\n"), .endless(chunk)] }, Self.read)
    try await expectFailure(
      .tooLarge,
      { _, _ in [.text("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), .endless(chunk)] },
      Self.read)
    try await expectFailure(
      .notAllowed, { _, _ in [.text("HTTP/1.1 403 No\r\n\r\n"), .endless(chunk)] }, Self.read)
    try await expectFailure(
      .tooLarge, { _, _ in [.text("HTTP/1.1 200 OK\r\n\r\n"), .endless(chunk)] }, Self.list)
    // An endless head.
    try await expectFailure(
      .transient,
      { _, _ in
        [
          .text("HTTP/1.1 200 OK\r\n"),
          .endless(Array("X-Y: \(String(repeating: "z", count: 8000))\r\n".utf8)),
        ]
      },
      Self.read)
  }

  @Test("a length that is too small ends the content there")
  func shortLength() async throws {
    let server = try FaultServer { _, _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefgh"), .close]
    }
    let connection = try await connect(server)
    defer { withExtendedLifetime(server) {} }
    let content = try? await connection.storage.read(.lock(Self.lock), byteLimit: 1000)
    #expect(content == nil || content == Array("abc".utf8))
    await connection.close()
  }

  @Test("a million entries, and entries without end, are refused")
  func millionEntries() async throws {
    let head = FaultServer.Step.text(
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.x.restic.rest.v2\r\nConnection: close\r\n\r\n[")
    func entries(_ name: String, thousands: Int) -> FaultServer.Handler {
      let entry = Array("{\"name\":\"\(name)\",\"size\":1},".utf8)
      let many = (0..<1000).flatMap { _ in entry }
      return { _, _ in
        [head, .repeated(many, count: thousands), .text("{\"name\":\"a\",\"size\":1}]"), .close]
      }
    }
    try await expectFailure(.tooLarge, entries(Self.lock, thousands: 1000)) {
      _ = try await $0.list(.locks, limit: 200_000)
    }
    try await expectFailure(.permanent, saying: "more than 20000", entries("a", thousands: 21)) {
      _ = try await $0.list(.locks, limit: 20_000)
    }
  }

  @Test(
    "what is no listing is refused",
    arguments: [
      "", "{}", "[", "[{}]", "[{\"name\":\"a\"}]", "[{\"name\":\"a\",\"size\":-1}]",
      "[{\"name\":1,\"size\":1}]",
      "[{\"name\":\"a\",\"size\":1.5}]", "<html></html>", "[{\"name\":\"a\",\"size\":99999999999999999999}]",
      "[,]",
      "[{\"name\":\"a\",\"size\":1}] x", "[{\"name\":\"\\ud800\\u\",\"size\":1}]",
      String(repeating: "[", count: 5000),
    ])
  func noListing(_ body: String) async throws {
    try await expectFailure(
      .permanent, saying: "listing", { _, _ in [.answer(200, Self.v2, body)] }, Self.list)
  }

  @Test("hostile names are listed and lead nowhere")
  func hostileNames() async throws {
    let names = ["../../config", "..", "", "/etc/passwd", "a/b", #"a\u0000b"#, #"\u001b[2J"#]
    let server = try FaultServer { request, _ in
      let list = names.map { "{\"name\":\"\($0)\",\"size\":5}" }.joined(separator: ",")
      return [
        .answer(
          200, request.target.hasSuffix("/") ? Self.v2 : [:],
          request.target.hasSuffix("/") ? "[\(list)]" : "never")
      ]
    }
    let connection = try await connect(server)
    defer { withExtendedLifetime(server) {} }
    let entries = try await connection.storage.list(.locks, limit: 10)
    #expect(entries.count == names.count)
    for entry in entries.dropLast() {
      await expect(.notFound) { _ = try await connection.storage.read(.lock(entry.name), byteLimit: 10) }
      await expect(.notFound) { _ = try await connection.storage.stat(.lock(entry.name)) }
    }
    #expect(server.requests.count == 1)
    await connection.close()
  }

  @Test(
    "a listing of names alone is completed by a look at each, and what vanished meanwhile is told as such")
  func version1() async throws {
    let server = try FaultServer { request, _ in
      switch request.target {
      case "/r/locks/": [.answer(200, ["Content-Type": "application/json"], "[\"a\",\"b\"]")]
      case "/r/locks/a": [.answer(200, ["Content-Length": "7"])]
      default: [.answer(404)]
      }
    }
    let connection = try await connect(server)
    defer { withExtendedLifetime(server) {} }
    let entries = try await connection.storage.list(.locks, limit: 10)
    #expect(
      entries == [
        FileEntry(name: "a", byteCount: 7, modified: nil),
        FileEntry(name: "b", byteCount: 0, modified: nil, kind: .other),
      ])
    await connection.close()
  }

  @Test("slow answers end in time", arguments: [true, false])
  func slow(_ isSilent: Bool) async throws {
    let server = try FaultServer { _, _ in
      let head = FaultServer.Step.text("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
      let drip: [FaultServer.Step] = (0..<1000).flatMap { _ in [.text("x"), .pause(seconds: 0.05)] }
      return isSilent ? [head, .pause(seconds: 300)] : [head] + drip
    }
    let connection = try await connect(server) {
      $0.idleTimeoutSeconds = isSilent ? 1 : 60
      $0.exchangeTimeoutSeconds = isSilent ? 300 : 1
    }
    await expect(.transient) { _ = try await connection.storage.read(.lock(Self.lock), byteLimit: 1 << 20) }
    await connection.close()
    withExtendedLifetime(server) {}
  }

  @Test("credentials follow no redirect to another server, and that server is never asked")
  func redirectElsewhere() async throws {
    let elsewhere = try FaultServer { _, _ in [.answer(200, [:], "stolen")] }
    try await expectFailure(
      .permanent, saying: "127.0.0.1:\(elsewhere.port)",
      { _, _ in
        [.answer(307, ["Location": "http://u:\(Self.secret)@127.0.0.1:\(elsewhere.port)/x?k=\(Self.secret)"])]
      },
      Self.read)
    try await expectFailure(
      .permanent, saying: "", { _, _ in [.answer(302, ["Location": "//127.0.0.1:\(elsewhere.port)/x"])] },
      Self.read)
    #expect(elsewhere.requests.isEmpty)
  }

  @Test(
    "redirects on the same server are followed for reading, a bounded number of times, and not for changes")
  func redirectHere() async throws {
    let server = try FaultServer { request, _ in
      request.target.hasPrefix("/r/")
        ? [.answer(301, ["Location": "/moved\(request.target)"])] : [.answer(200, [:], "content")]
    }
    let connection = try await connect(server)
    defer { withExtendedLifetime(server) {} }
    #expect(try await connection.storage.read(.lock(Self.lock), byteLimit: 100) == Array("content".utf8))
    let name = try #require(LockFileName(Self.lock))
    await expect(.permanent) { try await connection.lockRemoval().removeLock(name) }
    await connection.close()
    let loop = try FaultServer { _, _ in [.answer(302, ["Location": "/r/again"])] }
    let looping = try await connect(loop)
    await expect(.permanent) { _ = try await looping.storage.read(.lock(Self.lock), byteLimit: 100) }
    #expect(loop.requests.count < 10)
    await looping.close()
  }

  @Test("a removal whose answer was lost is told as done when the file is gone on the next try")
  func lostAnswer() async throws {
    let server = try FaultServer { _, earlierCount in earlierCount == 0 ? [.reset] : [.answer(404)] }
    let connection = try await StorageConnector.testing("rest:http://127.0.0.1:\(server.port)/r/").connect()
    let name = try #require(LockFileName(Self.lock))
    try await connection.lockRemoval().removeLock(name)
    #expect(server.requests.map(\.method) == ["DELETE", "DELETE"])
    await expect(.notFound) { try await connection.lockRemoval().removeLock(name) }
    await connection.close()
  }

  @Test("a free repository costs one listing and one look at config, whatever the program asks")
  func requestCount() async throws {
    let server = try FaultServer { request, _ in
      request.method == "HEAD" ? [.answer(200, ["Content-Length": "155"])] : [.answer(200, Self.v2, "[]")]
    }
    let result = try await ReslockBinary.run(
      ["status", "-r", "rest:http://127.0.0.1:\(server.port)/r/"], repository: nil)
    #expect(result.exitCode == 0, "\(result.stderr)")
    #expect(Set(server.requests.map { "\($0.method) \($0.target)" }) == ["GET /r/locks/", "HEAD /r/config"])
    #expect(server.requests.count == 2)
    #expect(
      server.requests.allSatisfy {
        $0.headers["user-agent"] == "reslock" && $0.headers["authorization"] == nil
      })
  }

  @Test("no more connections are used than -o rest.connections allows, and they are used again")
  func connections() async throws {
    let server = try FaultServer { _, _ in [.pause(seconds: 0.02), .answer(200, [:], "x")] }
    let connection = try await StorageConnector.testing(
      "rest:http://127.0.0.1:\(server.port)/r/", options: ["rest.connections=2"]
    ).connect()
    let storage = connection.storage
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { _ = try await storage.read(.lock(Self.lock), byteLimit: 10) } }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 20 && server.connectionCount <= 2)
    await connection.close()
  }
}

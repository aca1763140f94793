import BackendServers
import Foundation
import ResticStorage
import StorageContract
import TestSupport
import Testing
import WallTime

/// Keys, versions and tokens of Backblaze B2, as its own simulator judges them.
@Suite struct B2Tests {
  private static let lock = String(repeating: "8a", count: 32)
  private static let everything = ["listBuckets", "listFiles", "readFiles", "writeFiles", "deleteFiles"]

  private func name() throws -> LockFileName { try #require(LockFileName(Self.lock)) }

  /// A server with these buckets, each with a lock in `pre/locks/` and a `pre/config`.
  private func start(_ buckets: [String] = ["bucket-one"]) async throws -> B2Server {
    let server = try await B2Server()
    let folder = try TemporaryFolder("content")
    try Data("content".utf8).write(to: folder.url.appendingPathComponent("content"))
    for bucket in buckets {
      try await server.run(
        "make_bucket('\(bucket)')\n"
          + "for key in ('pre/config', 'pre/locks/\(Self.lock)'): put('\(bucket)', key, '\(folder.path("content"))')"
      )
    }
    return server
  }

  @Test(
    "restic's lock is removed and put back on Backblaze's own address, reached by HTTPS_PROXY and --cacert")
  func roundTrip() async throws {
    let server = try await B2Server()
    try await server.run("make_bucket('bucket-one')")
    try await LockRoundTrip("b2:bucket-one:pre", environment: server.environment(key: B2Server.masterKey))
      .check()
    // What was put back has the time of before for those who ask for it.
    let hosts = try await server.run("print(sorted({host for _, host, _ in tunnel.REQUESTS}))")
    #expect(hosts.contains("api.backblazeb2.com") && hosts.contains("f000.backblazeb2.com"), "\(hosts)")
    withExtendedLifetime(server) {}
  }

  @Test("exit codes: 10 without bucket or repository, 1 for a wrong key, which is not shown")
  func exits() async throws {
    let server = try await start()
    for place in ["b2:bucket-one:elsewhere", "b2:bucket-two:pre"] {
      let result = try await ReslockBinary.run(
        ["status", "-r", place], environment: server.environment(key: B2Server.masterKey))
      #expect(result.exitCode == 10, "\(place): \(result.stdout)\(result.stderr)")
    }
    let wrong = try await ReslockBinary.run(
      ["status", "-r", "b2:bucket-one:pre"],
      environment: server.environment(key: (id: B2Server.masterKey.id, secret: "wrongsecret")))
    #expect(wrong.exitCode == 1 && wrong.stderr.contains("B2_ACCOUNT_KEY"), "\(wrong.stderr)")
    #expect(!wrong.stderr.contains("wrongsecret"))
    let none = try await ReslockBinary.run(["status", "-r", "b2:bucket-one:pre"])
    #expect(none.exitCode == 1 && none.stderr.contains("B2_ACCOUNT_ID"), "\(none.stderr)")
    withExtendedLifetime(server) {}
  }

  @Test("a key without listBuckets finds its bucket in the authorisation, and its prefix is enough")
  func restrictedKey() async throws {
    let server = try await start(["bucket-one", "bucket-two"])
    let key = try await server.makeKey(
      ["listFiles", "readFiles", "writeFiles", "deleteFiles"], buckets: ["bucket-one"], prefix: "pre/")
    let connection = try server.connect("b2:bucket-one:pre", key: key)
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [Self.lock])
    #expect(try await connection.storage.stat(.config).byteCount == 7)
    try await connection.lockRemoval().removeLock(name())
    #expect(try await connection.storage.list(.locks, limit: 10).isEmpty)
    try await connection.lockRemoval().restoreLock(
      name(), content: [1, 2], modified: UnixTime(seconds: 1_700_000_000))
    #expect(try await connection.storage.read(.lock(Self.lock), byteLimit: 2) == [1, 2])
    let stored = try await server.run("print(versions('bucket-one', 'pre/locks/\(Self.lock)')[0].file_info)")
    #expect(stored.contains("'src_last_modified_millis': '1700000000000'"), "\(stored)")
    let calls = try await server.run("print([path for _, _, path in tunnel.REQUESTS])")
    #expect(!calls.contains("b2_list_buckets"))
    await connection.close()
    // Other places than the key is for.
    for place in ["b2:bucket-two:pre", "b2:bucket-one:other"] {
      let other = try server.connect(place, key: key)
      await expect(.notAllowed) { _ = try await other.storage.list(.locks, limit: 10) }
      await other.close()
    }
  }

  @Test(
    "a key that is for several buckets works in each of them, and an unrestricted one asks for the bucket once"
  )
  func severalBuckets() async throws {
    let server = try await start(["bucket-one", "bucket-two"])
    let key = try await server.makeKey(Self.everything, buckets: ["bucket-one", "bucket-two"])
    for bucket in ["bucket-one", "bucket-two"] {
      let connection = try server.connect("b2:\(bucket):pre", key: key)
      #expect(try await connection.storage.list(.locks, limit: 10).count == 1)
      await connection.close()
    }
    try await server.run("tunnel.REQUESTS.clear()")
    let connection = try server.connect("b2:bucket-one:pre")
    for _ in 0..<2 { _ = try await connection.storage.list(.locks, limit: 10) }
    _ = try await connection.storage.stat(.config)
    await connection.close()
    let calls = try await server.run("print(*[path.rsplit('/', 1)[1] for _, _, path in tunnel.REQUESTS])")
    #expect(
      calls.split(whereSeparator: \.isWhitespace)
        == ["b2_authorize_account", "b2_list_buckets", "b2_list_file_names", "b2_list_file_names", "config"])
  }

  @Test(
    "a key that may not delete hides the lock, and undo brings it back above what is hidden",
    arguments: [true, false])
  func hides(_ tellsCapabilities: Bool) async throws {
    let server = try await start()
    let key = try await server.makeKey(["listBuckets", "listFiles", "readFiles", "writeFiles"])
    // A service that promises more than it allows is found out by its 401.
    if !tellsCapabilities {
      try await server.run("FAULTS.append(('b2_delete_file_version', 401, 'access_denied'))")
    }
    let connection = try server.connect(
      "b2:bucket-one:pre", key: tellsCapabilities ? key : B2Server.masterKey)
    try await connection.lockRemoval().removeLock(name())
    #expect(try await connection.storage.list(.locks, limit: 10).isEmpty)
    await expect(.notFound) { _ = try await connection.storage.stat(.lock(Self.lock)) }
    await expect(.notFound) { try await connection.lockRemoval().removeLock(name()) }
    let actions = "print(*[one.action for one in versions('bucket-one', 'pre/locks/\(Self.lock)')])"
    #expect(try await server.run(actions) == "hide upload\n")
    try await connection.lockRemoval().restoreLock(name(), content: [1], modified: nil)
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [Self.lock])
    #expect(try await server.run(actions) == "upload hide upload\n")
    await connection.close()
    // What is hidden below stays as it is.
    let owner = try server.connect("b2:bucket-one:pre")
    try await owner.lockRemoval().removeLock(name())
    #expect(try await server.run(actions) == "hide upload\n")
    #expect(try await owner.storage.list(.locks, limit: 10).isEmpty)
    await owner.close()
  }

  @Test("every version that would come up goes, and nothing of another name")
  func versions() async throws {
    let server = try await start()
    let folder = try TemporaryFolder("content")
    try Data("x".utf8).write(to: folder.url.appendingPathComponent("content"))
    try await server.run(
      "for key in ('pre/locks/\(Self.lock)', 'pre/locks/\(Self.lock)', 'pre/locks/\(Self.lock)-tmp-1'): "
        + "put('bucket-one', key, '\(folder.path("content"))')")
    let connection = try server.connect("b2:bucket-one:pre")
    #expect(try await connection.storage.stat(.lock(Self.lock)).byteCount == 1)
    try await connection.lockRemoval().removeLock(name())
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == ["\(Self.lock)-tmp-1"])
    #expect(try await server.run("print(len(versions('bucket-one')))") == "2\n")
    await connection.close()
  }

  @Test(
    "a token that expires is replaced in the middle of the work, an upload's place too by the next attempt")
  func expiry() async throws {
    let server = try await start()
    let connection = try server.connect("b2:bucket-one:pre")
    _ = try await connection.storage.list(.locks, limit: 10)
    for _ in 0..<2 {
      try await server.run("expire_tokens()")
      #expect(try await connection.storage.stat(.config).byteCount == 7)
      try await server.run("expire_tokens()")
      #expect(try await connection.storage.list(.locks, limit: 10).count == 1)
    }
    try await connection.lockRemoval().removeLock(name())
    try await server.run("FAULTS.append(('/upload/', 401, 'expired_auth_token'))")
    await expect(.transient) {
      try await connection.lockRemoval().restoreLock(name(), content: [1], modified: nil)
    }
    try await connection.lockRemoval().restoreLock(name(), content: [1], modified: nil)
    await connection.close()
  }

  @Test(
    "refusals are told by what can be done about them",
    arguments: [
      (503, "service_unavailable", StorageError.Class.transient, "503"),
      (429, "too_many_requests", .transient, "429"), (500, "internal_error", .transient, "500"),
      (403, "transaction_cap_exceeded", .notAllowed, "cap"), (403, "access_denied", .notAllowed, "listFiles"),
      (400, "bad_request", .permanent, "400"), (400, "bad_bucket_id", .notFound, "no such bucket"),
      (302, "Moved", .permanent, "elsewhere"),
    ])
  func refusals(_ status: Int, _ code: String, _ kind: StorageError.Class, _ words: String) async throws {
    let server = try await start()
    let connection = try server.connect("b2:bucket-one:pre")
    try await server.run("FAULTS.extend(9 * [('b2_list_file_names', \(status), '\(code)')])")
    let error = await #expect(throws: StorageError.self) {
      _ = try await connection.storage.list(.locks, limit: 10)
    }
    let text = try #require(error).description
    #expect(error?.kind == kind && text.contains(words), "\(text)")
    #expect(!text.contains("auth_token_") && !text.contains("masterKey"), "\(text)")
    await connection.close()
  }

  @Test("what a key that may only hide left of a lock's past is listed and read")
  func keptVersions() async throws {
    let server = try await start()
    let key = try await server.makeKey(
      ["listFiles", "readFiles", "writeFiles"], buckets: ["bucket-one"], prefix: "pre/")
    let connection = try server.connect("b2:bucket-one:pre", key: key)
    let history = try #require(connection.lockVersions)
    #expect(!history.keepsWholePast)
    #expect(try await history.lockVersions(limit: 10).map(\.isCurrent) == [true])
    // It may not delete, and so it hides.
    try await connection.lockRemoval().removeLock(name())
    try await connection.lockRemoval().restoreLock(name(), content: [1, 2], modified: nil)
    try await connection.lockRemoval().removeLock(name())
    let versions = try await history.lockVersions(limit: 10)
    #expect(versions.map(\.name) == Array(repeating: Self.lock, count: 4))
    #expect(versions.map(\.isDeletion) == [true, false, true, false])
    #expect(versions.map(\.isCurrent) == [true, false, false, false])
    #expect(zip(versions, versions.dropFirst()).allSatisfy { $0.time >= $1.time })
    #expect(try await history.read(versions[1], byteLimit: 2) == [1, 2])
    #expect(try await history.read(versions[3], byteLimit: 7) == Array("content".utf8))
    await #expect(throws: StorageError.self) { try await history.lockVersions(limit: 3) }
    await connection.close()
    withExtendedLifetime(server) {}
  }
}

import BackendServers
import Foundation
import ResticStorage
import StorageContract
import StorageHTTP
import TestSupport
import Testing

/// Real clients on the server of these tests, and what is particular to Azure's blobs.
@Suite struct AzureTests {
  private static let lock = String(repeating: "8a", count: 32)

  private func name() throws -> LockFileName { try #require(LockFileName(Self.lock)) }

  @Test("the server of these tests serves rclone, which has its own signatures")
  func judge() async throws {
    let server = try await AzureServer(pageEntryCount: 3)
    let folder = try TemporaryFolder("files")
    for name in ["a", "b", "c", "f u%+ü"] {
      try Data(name.utf8).write(to: folder.url.appendingPathComponent(name))
    }
    func rclone(_ arguments: [String], key: String? = nil) async throws -> ProcessResult {
      try await ChildProcess.run(
        try Peer.path("rclone-of-trixie"),
        [
          "--config", "/dev/null", "--azureblob-account", "account0", "--azureblob-key", key ?? server.key,
          "--retries", "1", "--low-level-retries", "1",
        ] + arguments, environment: TestEnvironment.clean.merging(server.way) { $1 })
    }
    for arguments in [["mkdir", ":azureblob:box"], ["copy", folder.path, ":azureblob:box/in"]] {
      let result = try await rclone(arguments)
      try #require(result.exitCode == 0, "\(arguments): \(result.stderr)")
    }
    let listed = try await rclone(["lsf", ":azureblob:box/in"]).stdout
    #expect(Set(listed.split(separator: "\n").map(String.init)) == ["a", "b", "c", "f u%+ü"])
    #expect(try await rclone(["cat", ":azureblob:box/in/f u%+ü"]).stdout == "f u%+ü")
    #expect(try await rclone(["deletefile", ":azureblob:box/in/a"]).exitCode == 0)
    let wrong = try await rclone(["lsf", ":azureblob:box"], key: Data("wrong".utf8).base64EncodedString())
    #expect(wrong.exitCode != 0 && wrong.stderr.contains("AuthenticationFailed"), "\(wrong.stderr)")
  }

  @Test("restic's lock is removed and put back on Azure's own address, reached by HTTPS_PROXY and --cacert")
  func roundTrip() async throws {
    let server = try await AzureServer()
    // The newer releases that the tests have were built without this backend.
    try await LockRoundTrip("azure:cont:/pre", with: .oldest, environment: server.environment).check()
    withExtendedLifetime(server) {}
  }

  @Test("exit codes: 10 without container or repository, 1 for a wrong key, which is not shown")
  func exits() async throws {
    let server = try await AzureServer()
    try await server.fill(locks: [])
    for place in ["azure:cont:/elsewhere", "azure:none:/pre"] {
      let result = try await ReslockBinary.run(["status", "-r", place], environment: server.environment)
      #expect(result.exitCode == 10, "\(place): \(result.stdout)\(result.stderr)")
    }
    let wrongKey = Data("wrongwrongwrong".utf8).base64EncodedString()
    for (variables, words) in [
      (["AZURE_ACCOUNT_KEY": wrongKey], "AZURE_ACCOUNT_KEY"), (["AZURE_ACCOUNT_KEY": "no base 64"], "Base64"),
      (["AZURE_ACCOUNT_KEY": "", "AZURE_ACCOUNT_SAS": "nothing"], "AZURE_ACCOUNT_SAS"),
      (["AZURE_ACCOUNT_NAME": ""], "AZURE_ACCOUNT_NAME"),
      (["AZURE_ACCOUNT_NAME": "a/b"], "AZURE_ACCOUNT_NAME"),
      (["AZURE_ENDPOINT_SUFFIX": "x/y"], "AZURE_ENDPOINT_SUFFIX"),
    ] {
      let result = try await ReslockBinary.run(
        ["status", "-r", "azure:cont:/pre"], environment: server.environment.merging(variables) { $1 })
      #expect(result.exitCode == 1 && result.stderr.contains(words), "\(variables): \(result.stderr)")
      #expect(!result.stderr.contains(wrongKey) && !result.stderr.contains("no base 64"))
    }
    withExtendedLifetime(server) {}
  }

  @Test("a signature that may only read removes nothing and says what it lacks; one that has ended says so")
  func signatures() async throws {
    let server = try await AzureServer()
    try await server.fill(locks: [Self.lock])
    let reading = try await server.makeSAS("rl")
    let connection = try server.connect(
      "azure:cont:/pre", ["AZURE_ACCOUNT_KEY": "", "AZURE_ACCOUNT_SAS": reading])
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [Self.lock])
    let error = await #expect(throws: StorageError.self) {
      try await connection.lockRemoval().removeLock(try name())
    }
    #expect(error?.kind == .notAllowed && error?.description.contains("delete blobs") == true)
    #expect(error?.description.contains("sig=") == false)
    await connection.close()
    let ended = try server.connect(
      "azure:cont:/pre",
      ["AZURE_ACCOUNT_KEY": "", "AZURE_ACCOUNT_SAS": try await server.makeSAS("rl", seconds: -60)])
    let late = await #expect(throws: StorageError.self) {
      _ = try await ended.storage.list(.locks, limit: 10)
    }
    #expect(late?.kind == .notAllowed && late?.description.contains("expired") == true)
    #expect(late?.description.contains("sig=") == false)
    await ended.close()
  }

  @Test("a blob with snapshots stays, as they would go with it")
  func snapshots() async throws {
    let server = try await AzureServer()
    try await server.fill(locks: [Self.lock])
    try await server.run("CONTAINERS['cont']['pre/locks/\(Self.lock)'].snapshots = 1")
    let connection = try server.connect("azure:cont:/pre")
    let error = await #expect(throws: StorageError.self) {
      try await connection.lockRemoval().removeLock(try name())
    }
    #expect(error?.kind == .permanent && error?.description.contains("snapshots") == true)
    #expect(try await connection.storage.list(.locks, limit: 10).count == 1)
    await connection.close()
  }

  @Test(
    "refusals are told by what can be done about them",
    arguments: [
      (503, "ServerBusy", StorageError.Class.transient, "503"), (500, "InternalError", .transient, "500"),
      (500, "OperationTimedOut", .transient, "500"), (403, "AuthorizationFailure", .notAllowed, "list blobs"),
      (403, "KeyBasedAuthenticationNotPermitted", .notAllowed, "account"),
      (404, "ContainerNotFound", .notFound, "container"),
      (409, "ContainerBeingDeleted", .notFound, "container"),
      (400, "InvalidQueryParameterValue", .permanent, "400"), (307, "Moved", .permanent, "elsewhere"),
    ])
  func refusals(_ status: Int, _ code: String, _ kind: StorageError.Class, _ words: String) async throws {
    let server = try await AzureServer()
    try await server.fill(locks: [])
    let connection = try server.connect("azure:cont:/pre")
    try await server.run("FAULTS.extend(9 * [('GET', 'comp=list', \(status), '\(code)')])")
    let error = await #expect(throws: StorageError.self) {
      _ = try await connection.storage.list(.locks, limit: 10)
    }
    #expect(error?.kind == kind && error?.description.contains(words) == true, "\(String(describing: error))")
    await connection.close()
  }

  @Test(
    "a tier is asked for when a lock comes back, the archive never",
    arguments: ["Hot", "cool", "Archive", ""])
  func tiers(_ tier: String) async throws {
    let server = try FaultServer { request, _ in
      request.method == "PUT" ? [.answer(201)] : [.answer(200, [:], AzureHostileTests.listing(""))]
    }
    let connection = try AzureHostileTests.connect(server, options: ["access-tier": tier])
    try await connection.lockRemoval().restoreLock(name(), content: [1], modified: nil)
    let put = try #require(server.requests.last)
    let expected = ["Hot": "Hot", "cool": "Cool"][tier]
    #expect(put.headers["x-ms-access-tier"] == expected && put.headers["if-none-match"] == "*")
    await connection.close()
  }
}

import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import TestSupport
import Testing

/// Google Cloud Storage on an emulator, with each way to be let in.
@Suite(.serialized) struct GSTests {
  private static let name = String(repeating: "8a", count: 32)

  @Test("Google Cloud Storage keeps the promises, in pages of three")
  func conformance() async throws {
    let server = try await GoogleStorageServer()
    try await BucketConformance.check(
      connect: { try await StorageConnector.testing(server.location($0), server.environment).connect() },
      make: { try await server.run("requests.post(base + '/control/bucket/\($0)').raise_for_status()") },
      put: { bucket, key, file in
        try await server.run(
          "call('POST', '/upload/storage/v1/b/\(bucket)/o?uploadType=media&name=\(key)', open('\(file)', 'rb').read())"
        )
      },
      remove: { bucket, key in
        try await server.run(
          "call('DELETE', '/storage/v1/b/\(bucket)/o/\(key.replacingOccurrences(of: "/", with: "%2F"))')")
      })
  }

  @Test("each kind of credentials lets us in, and a token that is refused is replaced where it can be")
  func credentials() async throws {
    let server = try await GoogleStorageServer()
    let home = try TemporaryFolder("home")
    let gcloud = home.url.appendingPathComponent(".config/gcloud")
    try FileManager.default.createDirectory(at: gcloud, withIntermediateDirectories: true)
    let user = try Data(contentsOf: URL(fileURLWithPath: server.path("user.json")))
    try user.write(to: gcloud.appendingPathComponent("application_default_credentials.json"))
    let place = ["STORAGE_EMULATOR_HOST": server.host]
    let kinds: [[String: String]] = [
      server.environment, server.environment(file: "user.json"), place.merging(["HOME": home.path]) { $1 },
      place.merging(["GCE_METADATA_HOST": server.host]) { $1 },
    ]
    let name = try #require(LockFileName(Self.name))
    for (index, variables) in kinds.enumerated() {
      let connection = try await StorageConnector.testing(
        server.location("bucket", "\(index)"), variables
      ) { $0.retries = false }.connect()
      try await connection.lockRemoval().restoreLock(name, content: [1, 2], modified: nil)
      try await server.revokeTokens()
      #expect(try await connection.storage.list(.locks, limit: 9).map(\.byteCount) == [2])
      try await server.revokeTokens()
      async let first = connection.storage.read(.lock(Self.name), byteLimit: 9)
      async let second = connection.storage.read(.lock(Self.name), byteLimit: 9)
      #expect(try await [first, second] == [[1, 2], [1, 2]])
      await connection.close()
    }
    let given = try await server.run("print(requests.get(base + '/control/token').json()['access_token'])")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    // The variable wins over the file.
    let variables = server.environment(file: "other-key.json").merging(["GOOGLE_ACCESS_TOKEN": given]) { $1 }
    let connection = try await StorageConnector.testing(server.location("bucket", "0"), variables).connect()
    #expect(try await connection.storage.list(.locks, limit: 9).count == 1)
    try await server.revokeTokens()
    do {
      let entries = try await connection.storage.list(.locks, limit: 9)
      Issue.record("a revoked token is taken: \(entries)")
    } catch {
      #expect(error.kind == .notAllowed && error.description.contains("GOOGLE_ACCESS_TOKEN"), "\(error)")
      #expect(!error.description.contains(given))
    }
    await connection.close()
  }

  @Test("a key that is not the account's, and one that is none, are told of and nothing of them shows")
  func wrongKeys() async throws {
    let server = try await GoogleStorageServer()
    let broken = try TemporaryFolder("broken")
    for (name, key) in [("no-key.json", "-----BEGIN PRIVATE KEY-----\nsecret\n"), ("empty.json", "secret")] {
      try JSONSerialization.data(withJSONObject: [
        "type": "service_account", "client_email": "a@b", "private_key": key,
      ]).write(to: broken.url.appendingPathComponent(name))
    }
    for (path, words) in [
      (server.path("other-key.json"), "invalid_grant"), (broken.path("no-key.json"), "private_key"),
      (broken.path("empty.json"), "private_key"),
    ] {
      var variables = server.environment
      variables["GOOGLE_APPLICATION_CREDENTIALS"] = path
      let result = try await ReslockBinary.run(
        ["status", "-r", server.location()], repository: nil, environment: variables)
      #expect(result.exitCode == 1 && result.stderr.contains(words), "\(path): \(result.stderr)")
      #expect(!result.stderr.contains("secret") && !result.stderr.contains("PRIVATE"), "\(result.stderr)")
    }
  }

  @Test("credentials that can't be used are refused before anything is sent")
  func unusable() async throws {
    let server = try FaultServer { _, _ in [.answer(500)] }
    let folder = try TemporaryFolder("credentials")
    func refusal(_ content: String?, _ more: [String: String] = [:]) async throws -> String {
      let file = folder.url.appendingPathComponent("c.json")
      try? FileManager.default.removeItem(at: file)
      if let content { try Data(content.utf8).write(to: file) }
      let variables = [
        "STORAGE_EMULATOR_HOST": server.url, "GOOGLE_APPLICATION_CREDENTIALS": file.path,
      ].merging(more) { $1 }
      do {
        try await StorageConnector.testing("gs:bucket:/pre", variables).connect().close()
      } catch let error as TransportError {
        return "\(error.description) | \(error.hint)"
      }
      return ""
    }
    #expect(try await refusal(nil).contains("cannot read"))
    #expect(try await refusal("[]").contains("no JSON"))
    #expect(try await refusal("{}").contains("no type"))
    #expect(
      try await refusal(#"{"type": "service_account", "client_email": "a"}"#).contains("no private_key"))
    #expect(
      try await refusal(#"{"type": "authorized_user", "token_uri": "ftp://x"}"#).contains("token_uri"))
    #expect(try await refusal(#"{"type": "external_account"}"#).contains("external_account"))
    #expect(
      try await refusal("", ["GOOGLE_ACCESS_TOKEN": "two words"]).contains("GOOGLE_ACCESS_TOKEN"))
    #expect(
      try await refusal("", ["GOOGLE_ACCESS_TOKEN": "t", "STORAGE_EMULATOR_HOST": "a b"])
        .contains("STORAGE_EMULATOR_HOST"))
    #expect(server.requests.isEmpty)
  }
}

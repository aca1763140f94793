import BackendServers
import Foundation
import ResticStorage
import StorageContract
import StorageHTTP
import TestSupport
import Testing

/// The promises on Backblaze's own simulator, whose listings come in pages of three.
@Suite struct B2Conformance {
  @Test("a bucket of Backblaze B2 keeps the promises")
  func promises() async throws {
    let server = try await B2Server(pageEntryCount: 3)
    for (index, promise) in (StorageContract.all + LockRemovalContract.all).enumerated() {
      let bucket = "bucket-\(index)"
      try await server.run("make_bucket('\(bucket)')")
      let connection = try server.connect("b2:\(bucket):pre")
      do {
        try await promise.check(Self.subject(connection, server, bucket))
      } catch {
        Issue.record("\(promise.sentence): \(error)")
      }
      await connection.close()
    }
  }

  private static func subject(
    _ connection: StorageConnection, _ server: B2Server, _ bucket: String
  ) -> StorageSubject {
    var traits = StorageSubject.Traits()
    traits.times = .own
    traits.hasFolders = false
    let key: @Sendable (RepositoryFile) -> String = { "pre/" + RepositoryLayout.default.path(of: $0) }
    return StorageSubject(
      storage: connection.storage, removal: connection.lockRemoval(), traits: traits,
      put: { content, file, _ in
        let folder = try TemporaryFolder("content")
        try Data(content).write(to: folder.url.appendingPathComponent("content"))
        try await server.run("put('\(bucket)', '\(key(file))', '\(folder.path("content"))')")
      },
      remove: { try await server.run("remove('\(bucket)', '\(key($0))')") }, removeFolder: { _ in })
  }
}

extension B2Server {
  /// A connection past TLS and the proxy, as the program makes it otherwise.
  func connect(
    _ location: String, key: (id: String, secret: String) = masterKey, options: [String: String] = [:]
  ) throws -> StorageConnection {
    guard case .b2(let bucket) = try RepositoryLocation(parsing: location) else {
      throw ServerError(description: "\(location) is not of B2")
    }
    var settings = TransportSettings()
    settings.retries = false
    let variables = ["B2_ACCOUNT_ID": key.id, "B2_ACCOUNT_KEY": key.secret]
    return try B2Backend(
      bucket, options: options, settings: settings,
      environment: StorageEnvironment(variable: { variables[$0] }, file: { _ in nil })
    ).connect(authorizingAt: .tcp(usesTLS: false, host: "127.0.0.1", port: port))
  }

  /// A key of these restrictions.
  func makeKey(
    _ capabilities: [String], buckets: [String]? = nil, prefix: String? = nil
  ) async throws -> (id: String, secret: String) {
    let python: ([String]) -> String = { "[" + $0.map { "'\($0)'" }.joined(separator: ", ") + "]" }
    let words = try await run(
      "make_key(\(python(capabilities)), \(buckets.map(python) ?? "None"), \(prefix.map { "'\($0)'" } ?? "None"))"
    ).split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 2 else { throw ServerError(description: "no key: \(words)") }
    return (id: words[0], secret: words[1])
  }
}

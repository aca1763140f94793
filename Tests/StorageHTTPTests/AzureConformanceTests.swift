import BackendServers
import Foundation
import ResticInputs
import ResticStorage
import StorageContract
import StorageHTTP
import TestSupport
import Testing

/// The promises on a server that Microsoft's library guards, and whose listings come in pages of three.
@Suite struct AzureConformance {
  @Test(
    "a container of Azure keeps the promises, by the account's key and by a shared access signature",
    arguments: [true, false])
  func promises(_ usesKey: Bool) async throws {
    let server = try await AzureServer(pageEntryCount: 3)
    let credentials =
      usesKey ? [:] : ["AZURE_ACCOUNT_KEY": "", "AZURE_ACCOUNT_SAS": "?\(try await server.makeSAS())"]
    for (index, promise) in (StorageContract.all + LockRemovalContract.all).enumerated() {
      let container = "container-\(index)"
      try await server.run("CONTAINERS['\(container)'] = {}")
      let connection = try server.connect("azure:\(container):/pre", credentials)
      do {
        try await promise.check(Self.subject(connection, server, container))
      } catch {
        Issue.record("\(promise.sentence): \(error)")
      }
      await connection.close()
    }
  }

  private static func subject(
    _ connection: StorageConnection, _ server: AzureServer, _ container: String
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
        try await server.run("put('\(container)', '\(key(file))', '\(folder.path("content"))')")
      },
      remove: { try await server.run("remove('\(container)', '\(key($0))')") }, removeFolder: { _ in })
  }
}

extension AzureServer {
  /// A connection to the account past TLS; tokens and metadata come from this server too.
  ///
  /// `variables` win over those of a client with the account's key.
  func connect(
    _ location: String, _ variables: [String: String] = [:], options: [String: String] = [:],
    output: (@Sendable ([String], String) async throws(TransportError) -> [UInt8])? = nil
  ) throws -> StorageConnection {
    guard case .azure(let container) = try RepositoryLocation(parsing: location) else {
      throw ServerError(description: "\(location) is not of Azure")
    }
    let environment = Environment(environment.merging(variables) { $1 })
    var settings = TransportSettings.resolve(flags: TransportFlags(), environment: environment)
    settings.retries = false
    let own = HTTPOrigin.tcp(usesTLS: false, host: "127.0.0.1", port: port)
    let system = StorageEnvironment(environment, files: .system)
    return try AzureBackend(
      container, options: options, settings: settings,
      environment: StorageEnvironment(
        variable: system.variable, file: system.file, output: output ?? StorageEnvironment.noPrograms)
    ).connect(at: own, metadata: own)
  }

  func makeSAS(_ permissions: String = "rwdlc", seconds: Int = 3600) async throws -> String {
    try await run("make_sas('\(permissions)', \(seconds))").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A container with a `pre/config` and these locks.
  func fill(_ container: String = "cont", locks: [String]) async throws {
    let keys = (["config"] + locks.map { "locks/\($0)" }).map { "'pre/\($0)': Blob(b'content')" }
    try await run("CONTAINERS['\(container)'] = {\(keys.joined(separator: ", "))}")
  }
}

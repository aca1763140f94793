import BackendServers
import Foundation
import ResticInputs
import ResticStorage
import StorageHTTP

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
      container,
      BackendInputs(
        options: options, settings: settings,
        environment: StorageEnvironment(
          variable: system.variable, file: system.file, output: output ?? StorageEnvironment.noPrograms))
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

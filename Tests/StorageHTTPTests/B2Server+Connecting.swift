import BackendServers
import Foundation
import ResticStorage
import StorageHTTP

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
      bucket,
      BackendInputs(
        options: options, settings: settings,
        environment: StorageEnvironment(variable: { variables[$0] }, file: { _ in nil }))
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

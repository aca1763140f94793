import BackendServers
import Foundation
import ResticStorage
import Testing

/// What a question for past versions came to, and what a server was asked for it.
typealias VersionsAnswer<Value> = (value: Result<Value, StorageError>, targets: [String])

extension FaultServer {
  /// Asks for past versions over a connection to this server, and closes it.
  func versions<Value: Sendable>(
    over connection: StorageConnection, _ body: (any LockVersionHistory) async throws -> Value
  ) async throws -> VersionsAnswer<Value> {
    let history = try #require(connection.lockVersions)
    let result: Result<Value, StorageError>
    do { result = .success(try await body(history)) } catch let error as StorageError {
      result = .failure(error)
    }
    await connection.close()
    return (result, requests.map(\.target))
  }

  /// The values of a request's query, by their names.
  static func query(of target: String) -> [String: String] {
    let items = URLComponents(string: target)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
  }
}

import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import StorageHTTP
import TestSupport
import Testing
import WallTime

@Suite struct RESTConformance {
  /// Kinds of rest-server that the promises are held against.
  enum Kind: String, CaseIterable, CustomTestStringConvertible {
    case plain, unixSocket, tlsWithUsers, appendOnly

    var testDescription: String { rawValue }

    var options: Set<RESTServer.Option> {
      switch self {
      case .plain: []
      case .unixSocket: [.unixSocket]
      case .tlsWithUsers: [.tls, .users]
      case .appendOnly: [.appendOnly]
      }
    }
  }

  @Test("rest-server keeps the promises of reading", arguments: Kind.allCases, StorageContract.all)
  func reading(_ kind: Kind, _ promise: Promise) async throws {
    try await withSubject(kind) { try await promise.check($0) }
  }

  @Test(
    "and those of removal, append-only servers included", arguments: Kind.allCases, LockRemovalContract.all)
  func removal(_ kind: Kind, _ promise: Promise) async throws {
    try await withSubject(kind) { try await promise.check($0) }
  }

  private func withSubject(_ kind: Kind, _ body: (StorageSubject) async throws -> Void) async throws {
    let server = try await RESTServer(kind.options)
    let folder = server.folder()
    for name in RepositoryFolder.allCases.map(\.rawValue) {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    let connection = try await StorageConnector.testing(server.location(), server.environment).connect()
    var traits = StorageSubject.Traits()
    traits.times = .none
    traits.tellsWhatIsGone = false
    traits.servesTemporaryNames = false
    try await body(
      StorageSubject(
        storage: connection.storage, removal: connection.lockRemoval(), traits: traits,
        put: { content, file, _ in
          try Data(content).write(to: folder.appendingPathComponent(RepositoryLayout.default.path(of: file)))
        },
        remove: {
          try FileManager.default.removeItem(
            at: folder.appendingPathComponent(RepositoryLayout.default.path(of: $0)))
        },
        removeFolder: { try FileManager.default.removeItem(at: folder.appendingPathComponent($0.rawValue)) }))
    await connection.close()
    withExtendedLifetime(server) {}
  }
}

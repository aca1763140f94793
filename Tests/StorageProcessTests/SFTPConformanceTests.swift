import BackendServers
import Foundation
import ResticStorage
import StorageContract
import TestSupport
import Testing

@Suite struct SFTPConformance {
  @Test("OpenSSH's server keeps the promises of reading", arguments: StorageContract.all)
  func reading(_ promise: Promise) async throws { try await withSubject { try await promise.check($0) } }

  @Test("and those of removal", arguments: LockRemovalContract.all)
  func removal(_ promise: Promise) async throws { try await withSubject { try await promise.check($0) } }

  private func withSubject(_ body: (StorageSubject) async throws -> Void) async throws {
    let server = try await OpenSSHServer()
    let folder = server.data.appendingPathComponent("repo")
    for name in RepositoryFolder.allCases.map(\.rawValue) {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    let connection = try await connect(server.location(), options: [server.commandOption])
    var traits = StorageSubject.Traits()
    traits.times = .givenInSeconds
    let outcome: Result<Void, any Error>
    do {
      try await body(
        StorageSubject(
          storage: connection.storage, removal: connection.lockRemoval(), traits: traits,
          put: { content, file, modified in
            let url = folder.appendingPathComponent(RepositoryLayout.default.path(of: file))
            try Data(content).write(to: url)
            try RepositoryForge.setModified(url, modified)
          },
          remove: {
            try FileManager.default.removeItem(
              at: folder.appendingPathComponent(RepositoryLayout.default.path(of: $0)))
          },
          removeFolder: { try FileManager.default.removeItem(at: folder.appendingPathComponent($0.rawValue)) }
        )
      )
      outcome = .success(())
    } catch { outcome = .failure(error) }
    await connection.close()
    try outcome.get()
    withExtendedLifetime(server) {}
  }
}

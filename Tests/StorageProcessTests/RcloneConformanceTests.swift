import BackendServers
import Foundation
import ResticStorage
import StorageContract
import TestSupport
import Testing

@Suite struct RcloneConformance {
  @Test("rclone keeps the promises of reading", arguments: RcloneRemote.Kind.all, StorageContract.all)
  func reading(_ kind: RcloneRemote.Kind, _ promise: Promise) async throws {
    try await withSubject(kind) { try await promise.check($0) }
  }

  @Test("and those of removal", arguments: RcloneRemote.Kind.all, LockRemovalContract.all)
  func removal(_ kind: RcloneRemote.Kind, _ promise: Promise) async throws {
    try await withSubject(kind) { try await promise.check($0) }
  }

  private func withSubject(
    _ kind: RcloneRemote.Kind, _ body: (StorageSubject) async throws -> Void
  ) async throws {
    let remote = try await RcloneRemote(kind)
    for name in RepositoryFolder.allCases.map(\.rawValue) {
      try await remote.run(["mkdir", remote.path(name)])
    }
    let connection = try await connect(
      remote.location(), options: [remote.programOption, remote.argumentsOption])
    var traits = StorageSubject.Traits()
    traits.times = .none
    // A missing folder is an empty one to rclone.
    traits.hasFolders = false
    let place: @Sendable (RepositoryFile) -> String = { remote.path(RepositoryLayout.default.path(of: $0)) }
    let outcome: Result<Void, any Error>
    do {
      try await body(
        StorageSubject(
          storage: connection.storage, removal: connection.lockRemoval(), traits: traits,
          put: { content, file, _ in
            try await remote.run(["rcat", place(file)], standardInput: Data(content))
          },
          remove: { try await remote.run(["deletefile", place($0)]) },
          removeFolder: { try await remote.run(["purge", remote.path($0.rawValue)]) }))
      outcome = .success(())
    } catch { outcome = .failure(error) }
    await connection.close()
    try outcome.get()
    try await waitUntilNone(mention: remote.mark)
  }
}

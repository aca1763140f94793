import Foundation
import ResticStorage
import StorageContract
import TestSupport
import Testing
import WallTime

@Suite struct StorageConformance {
  @Test(
    "local and in-memory storages keep the promises", arguments: StorageKind.allCases, StorageContract.all)
  func reading(_ kind: StorageKind, _ promise: Promise) async throws { try await promise.check(kind.make()) }

  @Test("and those of removal", arguments: StorageKind.allCases, LockRemovalContract.all)
  func removal(_ kind: StorageKind, _ promise: Promise) async throws { try await promise.check(kind.make()) }
}

/// A kind of storage that the conformance suite runs on.
enum StorageKind: String, CaseIterable, CustomTestStringConvertible {
  case local, localLegacy, memory, counted

  var testDescription: String { rawValue }

  func make() throws -> StorageSubject {
    switch self {
    case .local: return try Self.local(.default)
    case .localLegacy: return try Self.local(.s3Legacy)
    case .memory: return Self.memory { $0 }
    case .counted: return Self.memory { RequestCountingStorage(counting: $0) }
    }
  }

  private static func memory(_ wrap: (InMemoryStorage) -> any Storage) -> StorageSubject {
    let memory = InMemoryStorage()
    return StorageSubject(
      storage: wrap(memory), removal: memory, put: { memory.put($0, at: $1, modified: $2) },
      remove: { memory.remove($0) }, removeFolder: { memory.removeFolder($0) })
  }

  private static func local(_ layout: RepositoryLayout) throws -> StorageSubject {
    let folder = try TemporaryFolder("storage")
    for name in RepositoryFolder.allCases.map(layout.folderName) {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
    let storage = LocalStorage(path: folder.path, layout: layout)
    return StorageSubject(
      storage: storage, removal: LocalLockRemoval(storage),
      put: { content, file, modified in
        let url = folder.url.appendingPathComponent(layout.path(of: file))
        try Data(content).write(to: url)
        try RepositoryForge.setModified(url, modified)
      },
      remove: { try FileManager.default.removeItem(atPath: folder.path(layout.path(of: $0))) },
      removeFolder: { try FileManager.default.removeItem(atPath: folder.path(layout.folderName($0))) })
  }
}

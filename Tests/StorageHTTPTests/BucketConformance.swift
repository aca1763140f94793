import Foundation
import ResticStorage
import StorageContract
import TestSupport
import Testing

/// The promises of a bucket that keeps times of its own, each in a bucket of its own.
enum BucketConformance {
  /// `make` makes a bucket; `put` takes a bucket, a key and a file with the content; `remove` a bucket and a key.
  static func check(
    tellsWhatIsGone: Bool = true, connect: (_ bucket: String) async throws -> StorageConnection,
    make: (_ bucket: String) async throws -> Void,
    put: @escaping @Sendable (_ bucket: String, _ key: String, _ file: String) async throws -> Void,
    remove: @escaping @Sendable (_ bucket: String, _ key: String) async throws -> Void
  ) async throws {
    for (index, promise) in (StorageContract.all + LockRemovalContract.all).enumerated() {
      let bucket = "bucket-\(index)"
      try await make(bucket)
      let connection = try await connect(bucket)
      var traits = StorageSubject.Traits()
      traits.times = .own
      traits.hasFolders = false
      traits.tellsWhatIsGone = tellsWhatIsGone
      let key: @Sendable (RepositoryFile) -> String = { "pre/" + RepositoryLayout.default.path(of: $0) }
      let subject = StorageSubject(
        storage: connection.storage, removal: connection.lockRemoval(), traits: traits,
        put: { content, file, _ in
          // By a file, as an argument can't hold so much.
          let folder = try TemporaryFolder("content")
          try Data(content).write(to: folder.url.appendingPathComponent("content"))
          try await put(bucket, key(file), folder.path("content"))
        },
        remove: { try await remove(bucket, key($0)) }, removeFolder: { _ in })
      do {
        try await promise.check(subject)
      } catch {
        Issue.record("\(promise.sentence): \(error)")
      }
      await connection.close()
    }
  }
}

import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import TestSupport
import Testing
import WallTime

/// The promises on two services that check what they get: moto versions the bucket, Swift gives pages of three.
@Suite(.serialized) struct S3Conformance {
  @Test(
    "moto keeps the promises, in a versioned bucket and with both versions of listing",
    arguments: [true, false])
  func moto(_ usesVersion1: Bool) async throws {
    let server = try await MotoServer()
    for (index, promise) in (StorageContract.all + LockRemovalContract.all).enumerated() {
      let bucket = "bucket-\(index)"
      try await server.run(
        "s3.create_bucket(Bucket='\(bucket)')\n"
          + "s3.put_bucket_versioning(Bucket='\(bucket)', VersioningConfiguration={'Status': 'Enabled'})")
      try await check(
        promise, server.location(bucket), bucket, server.environment, usesVersion1: usesVersion1,
        run: server.run)
    }
  }

  @Test("Swift's s3api keeps the promises, with both versions of listing", arguments: [true, false])
  func swift(_ usesVersion1: Bool) async throws {
    let server = try await SwiftServer()
    for (index, promise) in (StorageContract.all + LockRemovalContract.all).enumerated() {
      let bucket = "bucket-\(index)"
      try await server.run("s3.create_bucket(Bucket='\(bucket)')")
      try await check(
        promise, server.location(bucket), bucket, server.environment, usesVersion1: usesVersion1,
        run: server.run)
    }
  }

  private func check(
    _ promise: Promise, _ location: String, _ bucket: String, _ environment: [String: String],
    usesVersion1: Bool, run: @escaping @Sendable (String) async throws -> String
  ) async throws {
    let connection = try await StorageConnector.testing(
      location, environment, options: ["s3.list-objects-v1=\(usesVersion1)"]
    ).connect()
    var traits = StorageSubject.Traits()
    traits.times = .own
    traits.hasFolders = false
    traits.tellsWhatIsGone = false
    let key: @Sendable (RepositoryFile) -> String = { "pre/" + RepositoryLayout.default.path(of: $0) }
    let subject = StorageSubject(
      storage: connection.storage, removal: connection.lockRemoval(), traits: traits,
      put: { content, file, _ in
        // By a file, as an argument can't hold so much.
        let folder = try TemporaryFolder("content")
        try Data(content).write(to: folder.url.appendingPathComponent("content"))
        _ = try await run(
          "s3.put_object(Bucket='\(bucket)', Key='\(key(file))', Body=open('\(folder.path("content"))', 'rb').read())"
        )
      },
      remove: { _ = try await run("s3.delete_object(Bucket='\(bucket)', Key='\(key($0))')") },
      removeFolder: { _ in })
    do {
      try await promise.check(subject)
    } catch {
      Issue.record("\(promise.sentence): \(error)")
    }
    await connection.close()
  }
}

import BackendServers
import StorageBackends
import Testing

/// The promises on two services that check what they get: moto versions the bucket, Swift gives pages of three.
@Suite(.serialized) struct S3Conformance {
  @Test(
    "moto keeps the promises, in a versioned bucket and with both versions of listing",
    arguments: [true, false])
  func moto(_ usesVersion1: Bool) async throws {
    let server = try await MotoServer()
    try await check(
      server.location, server.environment, usesVersion1: usesVersion1,
      make: {
        "s3.create_bucket(Bucket='\($0)')\n"
          + "s3.put_bucket_versioning(Bucket='\($0)', VersioningConfiguration={'Status': 'Enabled'})"
      }, run: server.run)
  }

  @Test("Swift's s3api keeps the promises, with both versions of listing", arguments: [true, false])
  func swift(_ usesVersion1: Bool) async throws {
    let server = try await SwiftServer()
    try await check(
      server.location, server.environment, usesVersion1: usesVersion1,
      make: { "s3.create_bucket(Bucket='\($0)')" }, run: server.run)
  }

  private func check(
    _ location: (_ bucket: String, _ prefix: String) -> String, _ environment: [String: String],
    usesVersion1: Bool, make: (_ bucket: String) -> String,
    run: @escaping @Sendable (String) async throws -> String
  ) async throws {
    try await BucketConformance.check(
      tellsWhatIsGone: false,
      connect: {
        try await StorageConnector.testing(
          location($0, "pre"), environment, options: ["s3.list-objects-v1=\(usesVersion1)"]
        ).connect()
      }, make: { _ = try await run(make($0)) },
      put: {
        _ = try await run("s3.put_object(Bucket='\($0)', Key='\($1)', Body=open('\($2)', 'rb').read())")
      },
      remove: { _ = try await run("s3.delete_object(Bucket='\($0)', Key='\($1)')") })
  }
}

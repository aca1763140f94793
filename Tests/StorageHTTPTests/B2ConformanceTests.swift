import BackendServers
import Testing

/// The promises on Backblaze's own simulator, whose listings come in pages of three.
@Suite struct B2Conformance {
  @Test("a bucket of Backblaze B2 keeps the promises")
  func promises() async throws {
    let server = try await B2Server(pageEntryCount: 3)
    try await BucketConformance.check(
      connect: { try server.connect("b2:\($0):pre") }, make: { try await server.run("make_bucket('\($0)')") },
      put: { try await server.run("put('\($0)', '\($1)', '\($2)')") },
      remove: { try await server.run("remove('\($0)', '\($1)')") })
  }
}

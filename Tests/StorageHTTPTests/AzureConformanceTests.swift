import BackendServers
import Testing

/// The promises on a server that Microsoft's library guards, and whose listings come in pages of three.
@Suite struct AzureConformance {
  @Test(
    "a container of Azure keeps the promises, by the account's key and by a shared access signature",
    arguments: [true, false])
  func promises(_ usesKey: Bool) async throws {
    let server = try await AzureServer(pageEntryCount: 3)
    let credentials =
      usesKey ? [:] : ["AZURE_ACCOUNT_KEY": "", "AZURE_ACCOUNT_SAS": "?\(try await server.makeSAS())"]
    try await BucketConformance.check(
      connect: { try server.connect("azure:\($0):/pre", credentials) },
      make: { try await server.run("CONTAINERS['\($0)'] = {}") },
      put: { try await server.run("put('\($0)', '\($1)', '\($2)')") },
      remove: { try await server.run("remove('\($0)', '\($1)')") })
  }
}

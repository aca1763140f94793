internal import ResticStorage

/// Identities that no variables name: those of the machine, and of who has signed in at the command line.
extension AzureIdentity {
  func ofMachine() throws(TransportError) -> TokenSource {
    let client = variable("AZURE_CLIENT_ID")
    if let url = variable("IDENTITY_ENDPOINT") {
      guard let secret = variable("IDENTITY_HEADER"), let address = HTTPAddress(url) else {
        throw TransportError(
          "the identity that IDENTITY_ENDPOINT names is of a kind that is not supported",
          hint: "those of App Service have IDENTITY_HEADER too; else use AZURE_CLIENT_SECRET or az login")
      }
      let server = MetadataServer(address: address, servers: metadataServers, isProbed: false)
      return server.source(
        version: "2019-08-01", resource: Self.resource, client: client, header: ("X-IDENTITY-HEADER", secret))
    }
    let server = MetadataServer(
      address: HTTPAddress(metadata, path: "/metadata/identity/oauth2/token"), servers: metadataServers,
      isProbed: true)
    return server.source(
      version: "2018-02-01", resource: Self.resource, client: client, header: ("Metadata", "true"))
  }

  var ofCommandLine: TokenSource {
    let output = environment.output
    return TokenSource { () async throws(StorageError) in
      let printed: [UInt8]
      do {
        // The tool is slow to start.
        printed = try await withDeadline(30) {
          try await output(
            ["az", "account", "get-access-token", "-o", "json", "--resource", Self.resource],
            "the Azure command line's token")
        }
      } catch let error as TransportError {
        try StorageError.checkCancellation(action: TokenSource.action)
        return .absent("\(error); sign in with az login")
      } catch {
        try StorageError.checkCancellation(action: TokenSource.action)
        return .absent("az account get-access-token gives no answer; sign in with az login")
      }
      // Its own time of expiry has a zone that is not told; a token that has ended is refused, and replaced.
      guard let token = AccessToken(json: printed) else {
        return .absent("az account get-access-token prints no token; sign in with az login")
      }
      return .token(token)
    }
  }
}

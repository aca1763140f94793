package import ResticStorage

/// Leads from a `swift:` location to its repository.
package struct SwiftBackend {
  let location: BucketLocation
  let inputs: BackendInputs

  package init(_ location: BucketLocation, _ inputs: BackendInputs) {
    self.location = location
    self.inputs = inputs
  }

  /// Sends nothing yet; reads certificates and variables.
  package func connect() throws -> StorageConnection {
    guard !location.bucket.contains("/") else {
      throw TransportError(
        "a container's name can't hold a slash", hint: "write \(RepositoryLocation.Backend.swift.example)")
    }
    let identity = try SwiftIdentity(inputs.environment)
    let connectionLimit = ConnectionLimit.of(inputs.options)
    let servers = ServerPool(inputs.settings, connectionLimit: connectionLimit)
    for address in [identity.login?.address, identity.given?.storage].compactMap({ $0 }) {
      // Wrong certificate files are told of now.
      _ = try servers.transport(to: address.origin)
    }
    let login = SwiftLogin(identity: identity, servers: servers)
    let storage = BucketStorage(
      displayName: "swift:\(location.bucket):/\(location.prefix)",
      service: SwiftService(
        container: location.bucket, servers: servers,
        sessions: TokenKeeper(fetch: { (isRenewal: Bool) async throws(StorageError) in
          try await login.fetch(isRenewal: isRenewal)
        })), path: path)
    return StorageConnection(
      retrying: storage, removal: BucketLockRemoval(storage: storage), connectionLimit: connectionLimit,
      retrier: inputs.retrier, end: { await servers.close() })
  }

  /// As restic makes it: cleaned, and with a leading slash where `://` asked for one.
  private var path: String {
    let path = RepositoryLocation.cleaned(location.prefix[...])
    return path == "." ? "" : path
  }
}

package import ResticStorage

/// Leads from a `b2:` location to its repository.
package struct B2Backend {
  let location: BucketLocation
  let inputs: BackendInputs

  package init(_ location: BucketLocation, _ inputs: BackendInputs) {
    self.location = location
    self.inputs = inputs
  }

  /// Sends nothing yet; reads certificates and credentials.
  package func connect() throws -> StorageConnection {
    try connect(authorizingAt: .tcp(usesTLS: true, host: "api.backblazeb2.com", port: nil))
  }

  /// As `connect`, at another server than Backblaze's own.
  package func connect(authorizingAt start: HTTPOrigin) throws -> StorageConnection {
    guard let id = inputs.environment.variable("B2_ACCOUNT_ID"),
      let key = inputs.environment.variable("B2_ACCOUNT_KEY"),
      !id.isEmpty, !key.isEmpty
    else {
      throw TransportError(
        "no key for Backblaze B2 is given",
        hint: "set B2_ACCOUNT_ID to the key's ID and B2_ACCOUNT_KEY to the key")
    }
    let connectionLimit = ConnectionLimit.of(inputs.options)
    let servers = ServerPool(inputs.settings, connectionLimit: connectionLimit)
    // Wrong certificate files are told of now.
    _ = try servers.transport(to: start)
    let session = B2Session(HTTPCredentials(user: id, password: key), start: start, servers: servers)
    let storage = BucketStorage(
      displayName: location.prefix.isEmpty
        ? "b2:\(location.bucket)" : "b2:\(location.bucket):\(location.prefix)",
      service: B2Service(session, bucket: location.bucket), path: location.prefix)
    return StorageConnection(
      retrying: storage, removal: BucketLockRemoval(storage: storage),
      versions: BucketLockVersions(storage: storage),
      connectionLimit: connectionLimit,
      retrier: inputs.retrier, end: { await servers.close() })
  }
}

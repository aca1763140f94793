package import ResticStorage

/// Leads from a `gs:` location to its repository.
package struct GSBackend {
  let location: BucketLocation
  let inputs: BackendInputs

  package init(_ location: BucketLocation, _ inputs: BackendInputs) {
    self.location = location
    self.inputs = inputs
  }

  /// Sends nothing yet; reads certificates and credentials.
  ///
  /// The project and the region count only where a bucket is made.
  package func connect() throws -> StorageConnection {
    let connectionLimit = ConnectionLimit.of(inputs.options)
    let credentials = try GoogleCredentials.find(inputs.environment)
    let servers = ServerPool(inputs.settings, connectionLimit: connectionLimit)
    let metadataServers = ServerPool.nearby(inputs.settings)
    let tokens = GoogleTokens(
      credentials: credentials, servers: servers, metadataServers: metadataServers, now: SystemTime.now)
    let storage = BucketStorage(
      displayName: "gs:\(location.bucket):/\(location.prefix)",
      service: GSService(
        bucket: location.bucket, transport: try servers.transport(to: try origin()),
        tokens: TokenKeeper(fetch: { (isRenewal: Bool) async throws(StorageError) in
          let token = try await tokens.fetch(isRenewal: isRenewal)
          return (token, token.lifetimeSeconds)
        })), path: location.prefix)
    return StorageConnection(
      retrying: storage, removal: BucketLockRemoval(storage: storage),
      versions: BucketLockVersions(storage: storage),
      connectionLimit: connectionLimit,
      retrier: inputs.retrier,
      end: {
        await servers.close()
        await metadataServers.close()
      })
  }

  private func origin() throws(TransportError) -> HTTPOrigin {
    guard let emulator = inputs.environment.variable("STORAGE_EMULATOR_HOST") else {
      return .tcp(usesTLS: true, host: "storage.googleapis.com", port: nil)
    }
    guard let address = HTTPAddress(emulator, allowsBareHost: true) else {
      throw TransportError(
        "STORAGE_EMULATOR_HOST can't be used", hint: "write it as host:port or http://host:port")
    }
    return address.origin
  }
}

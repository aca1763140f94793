package import ResticStorage

/// Leads from a `gs:` location to its repository.
package struct GSBackend {
  let location: BucketLocation
  let options: [String: String]
  let settings: TransportSettings
  let environment: StorageEnvironment

  /// `options` are those of the namespace `gs`, each with a value of its type.
  package init(
    _ location: BucketLocation, options: [String: String], settings: TransportSettings,
    environment: StorageEnvironment
  ) {
    self.location = location
    self.options = options
    self.settings = settings
    self.environment = environment
  }

  /// Sends nothing yet; reads certificates and credentials.
  ///
  /// The project and the region count only where a bucket is made.
  package func connect() throws -> StorageConnection {
    let connectionLimit = ConnectionLimit.of(options)
    let credentials = try GoogleCredentials.find(environment)
    let servers = ServerPool(settings, connectionLimit: connectionLimit)
    let metadataServers = ServerPool.nearby(settings)
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
      retrier: settings.retries ? .system : nil,
      end: {
        await servers.close()
        await metadataServers.close()
      })
  }

  private func origin() throws(TransportError) -> HTTPOrigin {
    guard let emulator = environment.variable("STORAGE_EMULATOR_HOST") else {
      return .tcp(usesTLS: true, host: "storage.googleapis.com", port: nil)
    }
    guard let address = HTTPAddress(emulator, allowsBareHost: true) else {
      throw TransportError(
        "STORAGE_EMULATOR_HOST can't be used", hint: "write it as host:port or http://host:port")
    }
    return address.origin
  }
}

package import ResticStorage

/// Leads from an `s3:` location to its repository.
package struct S3Backend {
  let location: S3Location
  let options: [String: String]
  let settings: TransportSettings
  let environment: StorageEnvironment

  /// `options` are those of the namespace `s3`, each with a value of its type.
  package init(
    _ location: S3Location, options: [String: String], settings: TransportSettings,
    environment: StorageEnvironment
  ) {
    self.location = location
    self.options = options
    self.settings = settings
    self.environment = environment
  }

  /// Sends nothing yet; reads certificates and credentials.
  package func connect() throws -> StorageConnection {
    let address = try S3Address(location, lookup: options["bucket-lookup"] ?? "auto")
    let layout = try layout()
    let region = [options["region"], environment.variable("AWS_DEFAULT_REGION")].compactMap { $0 }
      .first { !$0.isEmpty }
    let signer = try signer()
    let connectionLimit = ConnectionLimit.of(options)
    let proxy: String? =
      if case .tcp(let usesTLS, let host, let port) = address.origin {
        settings.proxies.proxy(usesTLS: usesTLS, host: host, port: port)
      } else {
        nil
      }
    let client = try SocketClient(settings, proxy: proxy, connectionLimit: connectionLimit)
    let service = S3Service(
      address, region: region, credentials: signer, now: SystemTime.now,
      connect: { SocketTransport($0, client: client) })
    let storage = S3Storage(
      displayName: displayName, service: service, layout: layout,
      prefix: location.prefix.isEmpty ? "" : "\(location.prefix)/",
      usesListVersion1: Self.isTrue(options["list-objects-v1"]))
    return StorageConnection(
      retrying: storage, removal: S3LockRemoval(storage: storage, storageClass: storageClass),
      connectionLimit: connectionLimit, retrier: settings.retries ? .system : nil,
      end: { await client.close() })
  }

  private var displayName: String {
    let path = location.prefix.isEmpty ? location.bucket : "\(location.bucket)/\(location.prefix)"
    return "s3:\(location.usesTLS ? "https" : "http")://\(location.endpoint)/\(path)"
  }

  /// `nil` for requests without a signature.
  private func signer() throws(TransportError) -> (@Sendable () async throws(StorageError) -> S3Credentials)?
  {
    if Self.isTrue(options["unsafe-anonymous-auth"]) { return nil }
    if environment.variable("RESTIC_AWS_ASSUME_ROLE_ARN") != nil {
      throw TransportError(
        "RESTIC_AWS_ASSUME_ROLE_ARN is set, and assuming a role is not supported yet",
        hint:
          "assume it with the AWS tools, and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
      )
    }
    if let found = try S3CredentialChain(environment: environment).find() { return { found } }
    throw TransportError(
      "no credentials for the S3 service were found in AWS_* or MINIO_* variables, ~/.aws/credentials or ~/.mc/config.json",
      hint:
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (those of containers and instances are not asked for yet), "
        + "or -o s3.unsafe-anonymous-auth=true for a public bucket")
  }

  /// Old repositories have to be named as such: looking for one costs a request for each look at every other.
  private func layout() throws(TransportError) -> RepositoryLayout {
    switch options["layout"] ?? "" {
    case "", "auto", "default": return .default
    case "s3legacy": return .s3Legacy
    default:
      throw TransportError(
        "the value of the extended option s3.layout is not known", hint: "write default or s3legacy")
    }
  }

  /// An archive would give a lock back after hours; restic too writes locks elsewhere then.
  private var storageClass: String? {
    guard let name = options["storage-class"], !name.isEmpty else { return nil }
    return name == "GLACIER" || name == "DEEP_ARCHIVE" ? nil : name
  }

  private static func isTrue(_ text: String?) -> Bool {
    text.map { ["1", "t", "T", "TRUE", "true", "True"].contains($0) } ?? false
  }
}

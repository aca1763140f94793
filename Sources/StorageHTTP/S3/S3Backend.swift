package import ResticStorage

/// Leads from an `s3:` location to its repository.
package struct S3Backend {
  let location: S3Location
  let inputs: BackendInputs

  package init(_ location: S3Location, _ inputs: BackendInputs) {
    self.location = location
    self.inputs = inputs
  }

  /// Sends nothing yet; reads certificates and credentials.
  package func connect() throws -> StorageConnection {
    let address = try S3Address(location, lookup: inputs.options["bucket-lookup"] ?? "auto")
    let layout = try layout()
    let region = [inputs.options["region"], inputs.environment.variable("AWS_DEFAULT_REGION")].compactMap {
      $0
    }
    .first { !$0.isEmpty }
    let signer = try signer(region: region)
    let connectionLimit = ConnectionLimit.of(inputs.options)
    let proxy: String? =
      if case .tcp(let usesTLS, let host, let port) = address.origin {
        inputs.settings.proxies.proxy(usesTLS: usesTLS, host: host, port: port)
      } else {
        nil
      }
    let client = try SocketClient(inputs.settings, proxy: proxy, connectionLimit: connectionLimit)
    let service = S3Service(
      address, region: region, credentials: signer, now: SystemTime.now,
      connect: { SocketTransport($0, client: client) })
    let storage = BucketStorage(
      displayName: displayName,
      service: S3Bucket(
        requests: service, usesListVersion1: Self.isTrue(inputs.options["list-objects-v1"]),
        storageClass: storageClass), layouts: LayoutFinder(layout), path: location.prefix)
    return StorageConnection(
      retrying: storage, removal: BucketLockRemoval(storage: storage),
      versions: BucketLockVersions(storage: storage), connectionLimit: connectionLimit,
      retrier: inputs.retrier,
      end: { await client.close() })
  }

  private var displayName: String {
    let path = location.prefix.isEmpty ? location.bucket : "\(location.bucket)/\(location.prefix)"
    return "s3:\(location.usesTLS ? "https" : "http")://\(location.endpoint)/\(path)"
  }

  /// `nil` for requests without a signature.
  private func signer(
    region: String?
  ) throws(TransportError) -> (@Sendable () async throws(StorageError) -> S3Credentials)? {
    if Self.isTrue(inputs.options["unsafe-anonymous-auth"]) { return nil }
    let own = try ownCredentials()
    guard let role = inputs.environment.variable("RESTIC_AWS_ASSUME_ROLE_ARN") else {
      return { () async throws(StorageError) in try await own.credentials() }
    }
    let wishes = SecurityTokenService.Wishes(
      session: inputs.environment.variable("RESTIC_AWS_ASSUME_ROLE_SESSION_NAME"),
      externalID: inputs.environment.variable("RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID"),
      policy: inputs.environment.variable("RESTIC_AWS_ASSUME_ROLE_POLICY"))
    let roleRegion = inputs.environment.variable("RESTIC_AWS_ASSUME_ROLE_REGION") ?? region ?? ""
    let endpoint = inputs.environment.variable("RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT")
    let tokens = SecurityTokenService(settings: inputs.settings, now: SystemTime.now)
    let assumed = S3CredentialSource(now: SystemTime.now) { () async throws(StorageError) in
      try await tokens.assume(
        role, wishes, with: try await own.credentials(), region: roleRegion, endpoint: endpoint)
    }
    return { () async throws(StorageError) in try await assumed.credentials() }
  }

  private func ownCredentials() throws(TransportError) -> S3CredentialSource {
    let environment = inputs.environment
    switch try S3CredentialChain(environment: environment).find() {
    case .credentials(let found)?:
      return S3CredentialSource(now: SystemTime.now) { () async throws(StorageError) in found }
    case .program(let arguments)?:
      return S3CredentialSource(now: SystemTime.now) { () async throws(StorageError) in
        try await Self.credentials(printedBy: arguments, environment)
      }
    case nil:
      let metadata = MetadataCredentials(
        environment: environment, settings: inputs.settings,
        tokens: SecurityTokenService(settings: inputs.settings, now: SystemTime.now))
      return S3CredentialSource(now: SystemTime.now) { () async throws(StorageError) in
        try await metadata.find()
      }
    }
  }

  private static func credentials(
    printedBy arguments: [String], _ environment: StorageEnvironment
  ) async throws(StorageError) -> S3Credentials {
    let output: [UInt8]
    do throws(TransportError) {
      output = try await environment.output(arguments, "the S3 credentials")
    } catch {
      throw StorageError(.permanent, action: S3CredentialSource.action, reason: error.description)
    }
    guard let found = S3CredentialsDocument.parse(output) else {
      throw StorageError(
        .permanent, action: S3CredentialSource.action,
        reason: "what the credential_process \(arguments.first ?? "") prints holds no credentials")
    }
    return found
  }

  /// `nil` where the repository has to show it.
  private func layout() throws(TransportError) -> RepositoryLayout? {
    switch inputs.options["layout"] ?? "" {
    case "", "auto": return nil
    case "default": return .default
    case "s3legacy": return .s3Legacy
    default:
      throw TransportError(
        "the value of the extended option s3.layout is not known", hint: "write default or s3legacy")
    }
  }

  /// An archive would give a lock back after hours; restic too writes locks elsewhere then.
  private var storageClass: String? {
    guard let name = inputs.options["storage-class"], !name.isEmpty else { return nil }
    return name == "GLACIER" || name == "DEEP_ARCHIVE" ? nil : name
  }

  private static func isTrue(_ text: String?) -> Bool {
    text.map { ["1", "t", "T", "TRUE", "true", "True"].contains($0) } ?? false
  }
}

internal import ResticCrypto
package import ResticStorage

/// Leads from an `azure:` location to its repository.
package struct AzureBackend {
  let location: BucketLocation
  let inputs: BackendInputs

  package init(_ location: BucketLocation, _ inputs: BackendInputs) {
    self.location = location
    self.inputs = inputs
  }

  /// Sends nothing yet; reads certificates and credentials.
  package func connect() throws -> StorageConnection { try connect(at: nil) }

  /// As `connect`, with the account at another server than its own where `server` names one, and with machines'
  /// metadata at `metadata`.
  package func connect(
    at server: HTTPOrigin?,
    metadata: HTTPOrigin = .tcp(usesTLS: false, host: "169.254.169.254", port: nil)
  ) throws -> StorageConnection {
    let account = try account()
    let suffix = inputs.environment.variable("AZURE_ENDPOINT_SUFFIX").flatMap { $0.isEmpty ? nil : $0 }
    guard let own = HTTPAddress("https://\(account).blob.\(suffix ?? "core.windows.net")"), own.path.isEmpty
    else {
      throw TransportError(
        "AZURE_ENDPOINT_SUFFIX is no domain", hint: "write it as core.windows.net or core.chinacloudapi.cn")
    }
    let connectionLimit = ConnectionLimit.of(inputs.options)
    let servers = ServerPool(inputs.settings, connectionLimit: connectionLimit)
    let metadataServers = ServerPool.nearby(inputs.settings)
    let service = AzureService(
      transport: try servers.transport(to: server ?? own.origin), container: location.bucket,
      credentials: try credentials(account) { () throws(TransportError) in
        let sources = try AzureIdentity(
          environment: inputs.environment, servers: servers, metadataServers: metadataServers,
          metadata: metadata
        ).sources()
        return TokenKeeper { (_: Bool) async throws(StorageError) in
          let token = try await TokenSource.first(of: sources)
          return (token, token.lifetimeSeconds)
        }
      }, accessTier: try accessTier(), now: SystemTime.now)
    let storage = BucketStorage(
      displayName: "azure:\(location.bucket):/\(location.prefix)", service: service, path: location.prefix)
    return StorageConnection(
      retrying: storage, removal: BucketLockRemoval(storage: storage),
      versions: BucketLockVersions(storage: storage), connectionLimit: connectionLimit,
      retrier: inputs.retrier,
      end: {
        await servers.close()
        await metadataServers.close()
      })
  }

  private func account() throws(TransportError) -> String {
    guard let account = inputs.environment.variable("AZURE_ACCOUNT_NAME"), !account.isEmpty else {
      throw TransportError(
        "the account of the Azure container is not given",
        hint: "set AZURE_ACCOUNT_NAME to the storage account")
    }
    let isName =
      (3...24).contains(account.utf8.count)
      && account.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
    guard isName else {
      throw TransportError(
        "AZURE_ACCOUNT_NAME is no name of a storage account",
        hint: "such a name has 3 to 24 lower-case letters and digits")
    }
    return account
  }

  /// The key wins over the signature, and both over the chain of identities, as in restic.
  private func credentials(
    _ account: String, _ tokens: () throws(TransportError) -> TokenKeeper<AccessToken>
  ) throws(TransportError) -> AzureCredentials {
    if let text = inputs.environment.variable("AZURE_ACCOUNT_KEY"), !text.isEmpty {
      guard let key = Base64.decoded(text), !key.isEmpty else {
        throw TransportError(
          "AZURE_ACCOUNT_KEY is no Base64", hint: "copy the whole key from the account's access keys")
      }
      return .sharedKey(account: account, key: SecretBytes(copying: key))
    }
    if let text = inputs.environment.variable("AZURE_ACCOUNT_SAS"), !text.isEmpty {
      let signature = text.first == "?" ? String(text.dropFirst()) : text
      guard signature.contains("sig="),
        signature.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") })
      else {
        throw TransportError(
          "AZURE_ACCOUNT_SAS is no shared access signature", hint: "it is a query such as sv=…&sp=…&sig=…")
      }
      return .signature(Secret(signature))
    }
    return .tokens(try tokens())
  }

  /// restic too puts no lock into the archive, which would give it back after hours.
  private func accessTier() throws(TransportError) -> String? {
    let tier = inputs.options["access-tier"] ?? ""
    switch tier.lowercased() {
    case "", "archive": return nil
    case "hot": return "Hot"
    case "cool": return "Cool"
    case "cold": return "Cold"
    default:
      throw TransportError(
        "the value of the extended option azure.access-tier is not known",
        hint: "write Hot, Cool, Cold or Archive")
    }
  }
}

internal import ResticStorage
internal import WallTime

/// Where restic looks for an identity when it has neither an account's key nor a signature, in its order.
struct AzureIdentity {
  let environment: StorageEnvironment
  let servers: ServerPool
  /// Reaches what gives machines their tokens, which never lies behind a proxy, or is not there at all.
  let metadataServers: ServerPool
  let metadata: HTTPOrigin

  static let resource = "https://storage.azure.com"

  /// What variables name is the only source: other identities would not be the one that was meant.
  func sources() throws(TransportError) -> [TokenSource] {
    if isForcedToCommandLine { return [ofCommandLine] }
    if let named = try fromVariables() { return [named] }
    return [try ofMachine(), ofCommandLine]
  }

  func variable(_ name: String) -> String? {
    environment.variable(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  private var isForcedToCommandLine: Bool {
    variable("AZURE_FORCE_CLI_CREDENTIAL").map { ["1", "t", "T", "TRUE", "true", "True"].contains($0) }
      ?? false
  }

  /// `nil` where the variables name no identity.
  private func fromVariables() throws(TransportError) -> TokenSource? {
    guard let tenant = variable("AZURE_TENANT_ID"), let client = variable("AZURE_CLIENT_ID") else {
      return nil
    }
    let endpoint = try endpoint(tenant)
    let form = [
      (name: "client_id", value: client), (name: "grant_type", value: "client_credentials"),
      (name: "scope", value: "\(Self.resource)/.default"),
    ]
    if let secret = variable("AZURE_CLIENT_SECRET") {
      return TokenSource { () async throws(StorageError) in
        .token(
          try await endpoint.token(
            form + [(name: "client_secret", value: secret)],
            advice: "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
            action: TokenSource.action))
      }
    }
    if let path = variable("AZURE_CLIENT_CERTIFICATE_PATH") {
      return try ofCertificate(path, client: client, endpoint, form)
    }
    if let path = variable("AZURE_FEDERATED_TOKEN_FILE") {
      let file = environment.file
      return TokenSource { () async throws(StorageError) in
        // Read each time: it is replaced while we run.
        guard let content = file(path) else {
          throw StorageError(
            .notAllowed, action: TokenSource.action,
            reason: "the token in AZURE_FEDERATED_TOKEN_FILE (\(path)) can't be read")
        }
        let token = WhiteSpace.trimmed(String(decoding: content, as: UTF8.self))
        return .token(
          try await endpoint.token(
            form + Self.assertion(token),
            advice: "check AZURE_CLIENT_ID and the trust of the workload's token",
            action: TokenSource.action))
      }
    }
    if variable("AZURE_USERNAME") != nil, variable("AZURE_PASSWORD") != nil {
      throw TransportError(
        "AZURE_USERNAME and AZURE_PASSWORD are set, and signing in by a user's password is not supported",
        hint: "use AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or az login")
    }
    return nil
  }

  private func ofCertificate(
    _ path: String, client: String, _ endpoint: TokenEndpoint, _ form: [(name: String, value: String)]
  ) throws(TransportError) -> TokenSource {
    guard let content = environment.file(path), let certificate = AzureCertificate(pem: content) else {
      throw TransportError(
        "cannot read a certificate in \(path) (AZURE_CLIENT_CERTIFICATE_PATH)",
        hint:
          "the file must hold the certificate and its unencrypted RSA key, both as PEM; PKCS #12 is not supported"
      )
    }
    let audience = "\(endpoint.address.origin.urlPrefix)\(endpoint.address.path)"
    return TokenSource { () async throws(StorageError) in
      let id = (0..<4).map { _ in String(UInt32.random(in: 0 ... .max), radix: 16) }.joined(separator: "-")
      guard
        let assertion = certificate.assertion(
          clientID: client, audience: audience, id: id, now: SystemTime.now())
      else {
        throw StorageError(
          .notAllowed, action: TokenSource.action,
          reason: "\(path) holds no unencrypted RSA key beside its certificate")
      }
      return .token(
        try await endpoint.token(
          form + Self.assertion(assertion.text),
          advice: "check AZURE_TENANT_ID, AZURE_CLIENT_ID and the registered certificate",
          action: TokenSource.action))
    }
  }

  private static func assertion(_ text: String) -> [(name: String, value: String)] {
    [
      (name: "client_assertion", value: text),
      (name: "client_assertion_type", value: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ]
  }

  private func endpoint(_ tenant: String) throws(TransportError) -> TokenEndpoint {
    let isName = tenant.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "-.".utf8.contains($0)
    }
    let authority = variable("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com"
    let url = authority.contains("://") ? authority : "https://\(authority)"
    guard isName, let address = HTTPAddress(url), address.origin.usesTLS else {
      throw TransportError(
        "AZURE_TENANT_ID or AZURE_AUTHORITY_HOST can't be used",
        hint: "the tenant is an ID or a domain, the authority a URL with https")
    }
    return TokenEndpoint(
      address: HTTPAddress(address.origin, path: "\(address.path)/\(tenant)/oauth2/v2.0/token"),
      servers: servers)
  }
}

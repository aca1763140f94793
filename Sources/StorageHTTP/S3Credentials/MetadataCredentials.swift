internal import ResticStorage

/// Credentials that the surroundings lend to a program: a container's, a pod's, a machine's (restic's order, which is
/// that of minio-go's `IAM`).
struct MetadataCredentials: Sendable {
  let environment: StorageEnvironment
  let settings: TransportSettings
  let tokens: SecurityTokenService

  /// Link-local services answer at once or are not there.
  private static let connectSeconds = 2.0
  private static let idleSeconds = 5.0
  /// Where AWS puts the services that lend credentials to containers.
  private static let containerHosts: Set<String> = [
    "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost",
  ]

  func find() async throws(StorageError) -> S3Credentials {
    if let file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE") {
      return try await ofWebIdentity(tokenFile: file)
    }
    if let path = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      return try await ofContainer("http://169.254.170.2\(path.hasPrefix("/") ? "" : "/")\(path)")
    }
    if let url = environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      return try await ofContainer(url)
    }
    return try await ofInstance()
  }

  private func ofWebIdentity(tokenFile: String) async throws(StorageError) -> S3Credentials {
    guard let bytes = environment.file(tokenFile) else {
      throw Self.unusable("the file \(tokenFile) of AWS_WEB_IDENTITY_TOKEN_FILE can't be read")
    }
    guard let role = environment.variable("AWS_ROLE_ARN") else {
      throw Self.unusable("AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not")
    }
    return try await tokens.assume(
      role, session: environment.variable("AWS_ROLE_SESSION_NAME"),
      webIdentity: WhiteSpace.trimmed(String(decoding: bytes, as: UTF8.self)),
      region: environment.variable("AWS_REGION") ?? "",
      endpoint: environment.variable("AWS_ENDPOINT_URL_STS"))
  }

  private func ofContainer(_ url: String) async throws(StorageError) -> S3Credentials {
    guard let service = CredentialService("the container's credential service", url: url) else {
      throw Self.unusable("AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL of http or https")
    }
    let host = service.origin.hostName ?? ""
    guard service.usesTLS || SocketAddresses.isLoopback(host) || Self.containerHosts.contains(host) else {
      throw Self.unusable(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI leads to \(host) without TLS; only this machine and AWS's container "
          + "services are asked so")
    }
    var headers: [(name: String, value: String)] = []
    if let token = try containerToken() { headers.append((name: "Authorization", value: token)) }
    let answer = try await ask(service, .get, service.path, headers)
    guard answer.isSuccess else { throw service.refusal(answer) }
    guard let found = S3CredentialsDocument.parse(answer.body) else { throw service.malformed }
    return found
  }

  private func containerToken() throws(StorageError) -> String? {
    let token: String?
    if let file = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      guard let bytes = environment.file(file) else {
        throw Self.unusable("the file \(file) of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE can't be read")
      }
      token = WhiteSpace.trimmed(String(decoding: bytes, as: UTF8.self))
    } else {
      token = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    }
    guard token?.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) != true else {
      throw Self.unusable("the container's authorization token has control characters")
    }
    return token
  }

  /// The second version of the machine's service wants a token first; the first version knows no such thing.
  private func ofInstance() async throws(StorageError) -> S3Credentials {
    guard environment.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else {
      throw Self.unusable(Self.nothingFound)
    }
    let endpoint = environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
    guard let service = CredentialService("the machine's metadata service", url: endpoint) else {
      throw Self.unusable("AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL of http or https")
    }
    let base = service.path.hasSuffix("/") ? String(service.path.dropLast()) : service.path
    let token: HTTPResponse
    do throws(StorageError) {
      token = try await ask(
        service, .put, "\(base)/latest/api/token", [("X-aws-ec2-metadata-token-ttl-seconds", "21600")])
    } catch {
      guard error.kind == .transient else { throw error }
      throw Self.unusable(Self.nothingFound)
    }
    var headers: [(name: String, value: String)] = []
    let text = String(decoding: token.body, as: UTF8.self)
    if token.isSuccess, !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
      headers.append((name: "X-aws-ec2-metadata-token", value: text))
    }
    let folder = "\(base)/latest/meta-data/iam/security-credentials/"
    let roles = try await ask(service, .get, folder, headers)
    if roles.status == 404 {
      throw Self.unusable("this machine has no role that lends credentials; \(Self.nothingFound)")
    }
    guard roles.isSuccess else { throw service.refusal(roles) }
    let names = String(decoding: roles.body, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let role = names.first else { throw service.malformed }
    let answer = try await ask(service, .get, folder + PercentEncoding.encoded(String(role)), headers)
    guard answer.isSuccess else { throw service.refusal(answer) }
    guard let found = S3CredentialsDocument.parse(answer.body) else { throw service.malformed }
    return found
  }

  private func ask(
    _ service: CredentialService, _ method: HTTPRequest.Method, _ target: String,
    _ headers: [(name: String, value: String)]
  ) async throws(StorageError) -> HTTPResponse {
    var settings = settings
    settings.connectTimeoutSeconds = min(settings.connectTimeoutSeconds, Self.connectSeconds)
    settings.idleTimeoutSeconds = min(settings.idleTimeoutSeconds, Self.idleSeconds)
    // No proxy stands between a machine and itself.
    return try await service.send(method, target, headers: headers, settings: settings, proxy: nil)
  }

  private static let nothingFound =
    "there are none in AWS_* or MINIO_* variables, ~/.aws/credentials or ~/.mc/config.json, and no container or "
    + "machine lends any; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or -o s3.unsafe-anonymous-auth=true for a "
    + "public bucket"

  private static func unusable(_ reason: String) -> StorageError {
    StorageError(.permanent, action: S3CredentialSource.action, reason: reason)
  }
}

internal import ResticCrypto
internal import ResticStorage
internal import WallTime

/// Credentials of a role (AWS Security Token Service, `AssumeRole` and `AssumeRoleWithWebIdentity`).
struct SecurityTokenService: Sendable {
  let settings: TransportSettings
  let now: @Sendable () -> UnixTime

  private static let version = "2011-06-15"
  private static let sessionSeconds = 3600

  /// What else is asked for with a role.
  struct Wishes: Sendable {
    var session: String?
    var externalID: String?
    var policy: String?
  }

  /// With credentials that may assume the role; an empty `region` is the service's own, `endpoint` replaces it.
  func assume(
    _ role: String, _ wishes: Wishes, with credentials: S3Credentials, region: String, endpoint: String?
  ) async throws(StorageError) -> S3Credentials {
    let service = try service(region: region, endpoint: endpoint)
    var form = form("AssumeRole", role, session: wishes.session)
    if let externalID = wishes.externalID { form.append((name: "ExternalId", value: externalID)) }
    if let policy = wishes.policy { form.append((name: "Policy", value: policy)) }
    let body = Array(Self.text(form).utf8)
    let bodyHash = SHA256.hex(body)
    let time = now()
    var headers: [(name: String, value: String)] = [
      (name: "Content-Type", value: Self.formType), (name: "x-amz-date", value: SignatureV4.stamp(time)),
      (name: "x-amz-content-sha256", value: bodyHash),
    ]
    if let token = credentials.sessionToken {
      headers.append((name: "x-amz-security-token", value: token.text))
    }
    let signature = SignatureV4(
      credentials: credentials, region: region.isEmpty ? "us-east-1" : region, service: "sts")
    let authorization = signature.authorization(
      SignatureV4.Request(
        method: "POST", path: service.path, query: [],
        headers: headers + [(name: "host", value: service.origin.signedHost)], bodyHash: bodyHash),
      at: time)
    headers.append((name: "Authorization", value: authorization))
    return try await answer(of: service, "AssumeRole", headers: headers, body: body)
  }

  /// With a token that another service vouches with.
  func assume(
    _ role: String, session: String?, webIdentity token: String, region: String, endpoint: String?
  ) async throws(StorageError) -> S3Credentials {
    let service = try service(region: region, endpoint: endpoint)
    let action = "AssumeRoleWithWebIdentity"
    let form = form(action, role, session: session) + [(name: "WebIdentityToken", value: token)]
    return try await answer(
      of: service, action, headers: [(name: "Content-Type", value: Self.formType)],
      body: Array(Self.text(form).utf8))
  }

  private static let formType = "application/x-www-form-urlencoded"

  private func form(_ action: String, _ role: String, session: String?) -> [(name: String, value: String)] {
    [
      (name: "Action", value: action), (name: "Version", value: Self.version), (name: "RoleArn", value: role),
      (name: "RoleSessionName", value: session ?? "reslock"),
      (name: "DurationSeconds", value: String(Self.sessionSeconds)),
    ]
  }

  private static func text(_ form: [(name: String, value: String)]) -> String {
    form.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
  }

  private func service(region: String, endpoint: String?) throws(StorageError) -> CredentialService {
    let suffix = region.hasPrefix("cn-") ? ".cn" : ""
    let usual =
      region.isEmpty ? "https://sts.amazonaws.com" : "https://sts.\(region).amazonaws.com\(suffix)"
    guard let service = CredentialService("the token service", url: endpoint ?? usual) else {
      throw StorageError(
        .permanent, action: S3CredentialSource.action,
        reason: "the endpoint of the token service is no URL of http or https")
    }
    return service
  }

  private func answer(
    of service: CredentialService, _ action: String, headers: [(name: String, value: String)], body: [UInt8]
  ) async throws(StorageError) -> S3Credentials {
    var proxy: String?
    if case .tcp(let usesTLS, let host, let port) = service.origin {
      proxy = settings.proxies.proxy(usesTLS: usesTLS, host: host, port: port)
    }
    let answer = try await service.send(
      .post, service.path, headers: headers, body: body, settings: settings, proxy: proxy)
    guard answer.isSuccess else { throw Self.refusal(service, answer) }
    guard let found = S3CredentialsDocument.parse(answer.body, ofAction: action) else {
      throw service.malformed
    }
    return found
  }

  private static func refusal(_ service: CredentialService, _ answer: HTTPResponse) -> StorageError {
    guard !answer.isTransient else { return service.refusal(answer) }
    var code = ""
    _ = XMLReader.forEach(answer.body) { path, text in
      if path.suffix(2) == ["Error", "Code"] { code = text }
    }
    let isShown = !code.isEmpty && code.utf8.count <= 64 && code.utf8.allSatisfy(S3Refusal.isPlain)
    return StorageError(
      .notAllowed, action: S3CredentialSource.action,
      reason: "\(service.name) refuses the role (\(answer.statusText)\(isShown ? ", \(code)" : "")); "
        + "check its ARN and who may assume it")
  }
}

internal import ResticCrypto
internal import ResticStorage

/// Who we are to Google, as its libraries find it out ("Application Default Credentials"); the first that is there wins.
enum GoogleCredentials: Sendable {
  /// GOOGLE_ACCESS_TOKEN, which nothing renews.
  case token(AccessToken)
  case serviceAccount(GoogleServiceAccount)
  case authorizedUser(GoogleUser)
  /// The service account of the machine, which its metadata server knows.
  ///
  /// `isCertain` is false where nothing says that there is such a server.
  case machine(host: String, isCertain: Bool)

  static let scope = "https://www.googleapis.com/auth/devstorage.read_write"
  private static let tokenURL = "https://oauth2.googleapis.com/token"
  private static let metadataHost = "169.254.169.254"

  static func find(_ environment: StorageEnvironment) throws(TransportError) -> GoogleCredentials {
    if let token = environment.variable("GOOGLE_ACCESS_TOKEN") {
      guard let token = AccessToken(token, lifetimeSeconds: nil) else {
        throw TransportError(
          "GOOGLE_ACCESS_TOKEN is no access token",
          hint: "set it to what gcloud auth print-access-token prints")
      }
      return .token(token)
    }
    if let path = environment.variable("GOOGLE_APPLICATION_CREDENTIALS") {
      guard let content = environment.file(path) else {
        throw TransportError(
          "cannot read \(path), which GOOGLE_APPLICATION_CREDENTIALS names",
          hint: "check the path and who may read it")
      }
      return try from(content, path: path)
    }
    if let home = environment.variable("HOME") {
      let path = "\(home)/.config/gcloud/application_default_credentials.json"
      if let content = environment.file(path) { return try from(content, path: path) }
    }
    if let host = environment.variable("GCE_METADATA_HOST") { return .machine(host: host, isCertain: true) }
    let product = environment.file("/sys/class/dmi/id/product_name").map {
      String(decoding: $0, as: UTF8.self)
    }
    return .machine(host: metadataHost, isCertain: product?.hasPrefix("Google") ?? false)
  }

  private static func from(_ content: [UInt8], path: String) throws(TransportError) -> GoogleCredentials {
    guard let values = JSONCursor.members(of: content) else {
      throw TransportError("the credentials in \(path) are no JSON", hint: "download the key file again")
    }
    func value(_ name: String) throws(TransportError) -> String {
      if let value = values[name], !value.isEmpty { return value }
      throw TransportError("the credentials in \(path) have no \(name)", hint: "download the key file again")
    }
    let tokenURL = values["token_uri"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.tokenURL
    guard let address = HTTPAddress(tokenURL) else {
      throw TransportError(
        "the token_uri in \(path) is no http or https URL", hint: "download the key file again")
    }
    switch try value("type") {
    case "service_account":
      return .serviceAccount(
        GoogleServiceAccount(
          email: try value("client_email"), keyID: values["private_key_id"].flatMap { $0.isEmpty ? nil : $0 },
          key: SecretBytes(copying: try value("private_key").utf8), audience: tokenURL,
          tokenAddress: address))
    case "authorized_user":
      return .authorizedUser(
        GoogleUser(
          clientID: try value("client_id"), clientSecret: Secret(try value("client_secret")),
          refreshToken: Secret(try value("refresh_token")), tokenAddress: address))
    case let kind:
      let shown = kind.utf8.count <= 64 && kind.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) ? kind : "unknown"
      throw TransportError(
        "the credentials in \(path) are of the kind \(shown), which is not supported",
        hint:
          "use a service account's key or gcloud auth application-default login, or set GOOGLE_ACCESS_TOKEN to what "
          + "gcloud auth print-access-token prints")
    }
  }
}

/// What `gcloud auth application-default login` leaves behind.
struct GoogleUser: Sendable {
  let clientID: String
  let clientSecret: Secret
  let refreshToken: Secret
  let tokenAddress: HTTPAddress
}

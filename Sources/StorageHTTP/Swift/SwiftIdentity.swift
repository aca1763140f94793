internal import ResticStorage

/// Who we are to OpenStack, by restic's variables.
struct SwiftIdentity: Sendable {
  /// The versions of the login protocol; the address says which one its server speaks.
  enum Version: Sendable { case v1, v2, v3 }

  struct Login: Sendable {
    let version: Version
    let address: HTTPAddress
  }

  /// A place and a token that somebody else has got.
  struct Given: Sendable {
    let storage: HTTPAddress
    let token: Secret
  }

  /// A name or an ID, of which the name counts where both are given.
  struct Domain: Sendable, Hashable {
    var name: String?
    var id: String?
    var isGiven: Bool { name != nil || id != nil }
  }

  let login: Login?
  let given: Given?
  let region: String?
  let userName: String?
  let userID: String?
  /// The password or API key; without a user, a token.
  let password: Secret?
  let userDomain: Domain
  let projectName: String?
  let projectID: String?
  let projectDomain: Domain
  let trustID: String?
  let credentialID: String?
  let credentialName: String?
  let credentialSecret: Secret?

  init(_ environment: StorageEnvironment) throws(TransportError) {
    func first(_ names: String...) -> String? { names.lazy.compactMap(environment.variable).first }
    region = first("OS_REGION_NAME")
    userName = first("OS_USERNAME", "ST_USER")
    userID = first("OS_USER_ID")
    userDomain = Domain(name: first("OS_USER_DOMAIN_NAME"), id: first("OS_USER_DOMAIN_ID"))
    projectName = first("OS_PROJECT_NAME", "OS_TENANT_NAME")
    projectID = first("OS_TENANT_ID")
    projectDomain = Domain(name: first("OS_PROJECT_DOMAIN_NAME"), id: first("OS_PROJECT_DOMAIN_ID"))
    trustID = first("OS_TRUST_ID")
    credentialID = first("OS_APPLICATION_CREDENTIAL_ID")
    credentialName = first("OS_APPLICATION_CREDENTIAL_NAME")
    credentialSecret = first("OS_APPLICATION_CREDENTIAL_SECRET").map(Secret.init)
    let token = first("OS_AUTH_TOKEN")
    let isNamed = userName != nil || userID != nil
    password = (first("OS_PASSWORD", "ST_KEY") ?? (isNamed ? nil : token)).map(Secret.init)

    if let place = first("OS_STORAGE_URL"), let token {
      guard let storage = HTTPAddress(place) else {
        throw TransportError(
          "OS_STORAGE_URL can't be used", hint: "write it as https://host:port/v1/AUTH_account")
      }
      guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
        throw TransportError("OS_AUTH_TOKEN is no token", hint: "set it to what openstack token issue prints")
      }
      given = Given(storage: storage, token: Secret(token))
    } else {
      given = nil
    }
    guard let text = first("OS_AUTH_URL", "ST_AUTH") else {
      guard given != nil else {
        throw TransportError(
          "no login for Swift is given",
          hint:
            "set OS_AUTH_URL with OS_USERNAME and OS_PASSWORD or an application credential, OS_STORAGE_URL with "
            + "OS_AUTH_TOKEN, or ST_AUTH, ST_USER and ST_KEY")
      }
      login = nil
      return
    }
    guard let address = HTTPAddress(text) else {
      throw TransportError(
        "OS_AUTH_URL or ST_AUTH can't be used", hint: "write it as https://host:port/v3")
    }
    login = Login(version: try Self.version(of: text), address: address)
    guard given != nil || canLogIn else {
      throw TransportError(
        "no user for Swift is given",
        hint:
          "set OS_USERNAME and OS_PASSWORD, OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET, or "
          + "ST_USER and ST_KEY")
    }
  }

  /// Whether there is a user or a credential for a login.
  var canLogIn: Bool {
    guard let login else { return false }
    if login.version == .v3, credentialID != nil || credentialName != nil { return credentialSecret != nil }
    return password != nil && (login.version == .v3 || userName != nil)
  }

  /// As restic tells it: by the first of these texts that is in the address.
  private static func version(of address: String) throws(TransportError) -> Version {
    for (text, version) in [("v3", Version.v3), ("v2", .v2), ("v1", .v1)] where address.contains(text) {
      return version
    }
    throw TransportError(
      "OS_AUTH_URL or ST_AUTH does not say which version of the login it is for",
      hint: "add it to the URL: https://host:port/v3, …/v2.0 or …/auth/v1.0")
  }
}

extension String {
  /// Foundation's search, for a needle of a few characters.
  fileprivate func contains(_ needle: String) -> Bool {
    indices.contains { self[$0...].hasPrefix(needle) }
  }
}

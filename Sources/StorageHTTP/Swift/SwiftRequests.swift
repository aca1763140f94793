/// The bodies of logins to Keystone (Identity API, versions 2.0 and 3).
enum SwiftRequests {
  static func version2(_ identity: SwiftIdentity, at address: HTTPAddress) -> JSONText {
    let user = ("username", JSONText.text(identity.userName ?? ""))
    let secret = JSONText.text(identity.password?.text ?? "")
    var members: [(String, JSONText)] =
      // Rackspace takes API keys, under a name of its own.
      address.origin.hostName?.hasSuffix(".rackspacecloud.com") == true
      ? [("RAX-KSKEY:apiKeyCredentials", .object([user, ("apiKey", secret)]))]
      : [("passwordCredentials", .object([user, ("password", secret)]))]
    if let id = identity.projectID { members.append(("tenantId", .text(id))) }
    if let name = identity.projectName { members.append(("tenantName", .text(name))) }
    return .object([("auth", .object(members))])
  }

  static func version3(_ identity: SwiftIdentity) -> JSONText {
    let (method, content) = method(identity)
    var members: [(String, JSONText)] = [
      ("identity", .object([("methods", .array([.text(method)])), (method, content)]))
    ]
    // A credential is for one project already.
    if method != "application_credential", let scope = scope(identity) { members.append(("scope", scope)) }
    return .object([("auth", .object(members))])
  }

  private static func method(_ identity: SwiftIdentity) -> (String, JSONText) {
    if identity.credentialID != nil || identity.credentialName != nil {
      var members: [(String, JSONText)] = [("secret", .text(identity.credentialSecret?.text ?? ""))]
      if let id = identity.credentialID {
        members.append(("id", .text(id)))
      } else {
        // Names are each user's own.
        members.append(("name", .text(identity.credentialName ?? "")))
        members.append(("user", user(identity, password: nil)))
      }
      return ("application_credential", .object(members))
    }
    let secret = identity.password?.text ?? ""
    guard identity.userName != nil || identity.userID != nil else {
      return ("token", .object([("id", .text(secret))]))
    }
    return ("password", .object([("user", user(identity, password: secret))]))
  }

  private static func user(_ identity: SwiftIdentity, password: String?) -> JSONText {
    var members: [(String, JSONText)] = []
    if let id = identity.userID {
      members.append(("id", .text(id)))
    } else {
      members.append(("name", .text(identity.userName ?? "")))
      if identity.userDomain.isGiven { members.append(("domain", domain(identity.userDomain))) }
    }
    if let password { members.append(("password", .text(password))) }
    return .object(members)
  }

  private static func scope(_ identity: SwiftIdentity) -> JSONText? {
    if let trust = identity.trustID {
      return .object([("OS-TRUST:trust", .object([("id", .text(trust))]))])
    }
    if let id = identity.projectID {
      return .object([("project", .object([("id", .text(id))]))])
    }
    guard let name = identity.projectName else { return nil }
    let domains = [identity.projectDomain, identity.userDomain, SwiftIdentity.Domain(name: "Default")]
    let own = domains.first { $0.isGiven } ?? SwiftIdentity.Domain(name: "Default")
    return .object([
      ("project", .object([("name", .text(name)), ("domain", domain(own))]))
    ])
  }

  private static func domain(_ domain: SwiftIdentity.Domain) -> JSONText {
    if let name = domain.name { return .object([("name", .text(name))]) }
    return .object([("id", .text(domain.id ?? ""))])
  }
}

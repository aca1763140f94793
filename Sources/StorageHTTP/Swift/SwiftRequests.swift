/// The bodies of logins to Keystone (Identity API, versions 2.0 and 3).
enum SwiftRequests {
  static func version2(_ identity: SwiftIdentity, at address: HTTPAddress) -> String {
    let user = ("username", JSONWriter.string(identity.userName ?? ""))
    let secret = JSONWriter.string(identity.password?.text ?? "")
    var members: [(String, String)] =
      // Rackspace takes API keys, under a name of its own.
      address.origin.hostName?.hasSuffix(".rackspacecloud.com") == true
      ? [("RAX-KSKEY:apiKeyCredentials", JSONWriter.object([user, ("apiKey", secret)]))]
      : [("passwordCredentials", JSONWriter.object([user, ("password", secret)]))]
    if let id = identity.projectID { members.append(("tenantId", JSONWriter.string(id))) }
    if let name = identity.projectName { members.append(("tenantName", JSONWriter.string(name))) }
    return JSONWriter.object([("auth", JSONWriter.object(members))])
  }

  static func version3(_ identity: SwiftIdentity) -> String {
    let (method, content) = method(identity)
    var members = [
      (
        "identity",
        JSONWriter.object([("methods", "[\(JSONWriter.string(method))]"), (method, content)])
      )
    ]
    // A credential is for one project already.
    if method != "application_credential", let scope = scope(identity) { members.append(("scope", scope)) }
    return JSONWriter.object([("auth", JSONWriter.object(members))])
  }

  private static func method(_ identity: SwiftIdentity) -> (name: String, content: String) {
    if identity.credentialID != nil || identity.credentialName != nil {
      var members = [("secret", JSONWriter.string(identity.credentialSecret?.text ?? ""))]
      if let id = identity.credentialID {
        members.append(("id", JSONWriter.string(id)))
      } else {
        // Names are each user's own.
        members.append(("name", JSONWriter.string(identity.credentialName ?? "")))
        members.append(("user", user(identity, password: nil)))
      }
      return ("application_credential", JSONWriter.object(members))
    }
    let secret = identity.password?.text ?? ""
    guard identity.userName != nil || identity.userID != nil else {
      return ("token", JSONWriter.object([("id", JSONWriter.string(secret))]))
    }
    return ("password", JSONWriter.object([("user", user(identity, password: secret))]))
  }

  private static func user(_ identity: SwiftIdentity, password: String?) -> String {
    var members: [(String, String)] = []
    if let id = identity.userID {
      members.append(("id", JSONWriter.string(id)))
    } else {
      members.append(("name", JSONWriter.string(identity.userName ?? "")))
      if identity.userDomain.isGiven { members.append(("domain", domain(identity.userDomain))) }
    }
    if let password { members.append(("password", JSONWriter.string(password))) }
    return JSONWriter.object(members)
  }

  private static func scope(_ identity: SwiftIdentity) -> String? {
    if let trust = identity.trustID {
      return JSONWriter.object([("OS-TRUST:trust", JSONWriter.object([("id", JSONWriter.string(trust))]))])
    }
    if let id = identity.projectID {
      return JSONWriter.object([("project", JSONWriter.object([("id", JSONWriter.string(id))]))])
    }
    guard let name = identity.projectName else { return nil }
    let domains = [identity.projectDomain, identity.userDomain, SwiftIdentity.Domain(name: "Default")]
    let own = domains.first { $0.isGiven } ?? SwiftIdentity.Domain(name: "Default")
    return JSONWriter.object([
      ("project", JSONWriter.object([("name", JSONWriter.string(name)), ("domain", domain(own))]))
    ])
  }

  private static func domain(_ domain: SwiftIdentity.Domain) -> String {
    if let name = domain.name { return JSONWriter.object([("name", JSONWriter.string(name))]) }
    return JSONWriter.object([("id", JSONWriter.string(domain.id ?? ""))])
  }
}

/// A user and a password for basic authentication (RFC 7617); neither shows in a description.
package struct HTTPCredentials: Sendable, CustomStringConvertible, CustomReflectable {
  let user: String
  let password: Secret

  package init(user: String, password: String) {
    self.user = user
    self.password = Secret(password)
  }

  package var description: String { "<redacted>" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }

  var basicAuthorization: String { "Basic \(Base64.encoded(Array("\(user):\(password.text)".utf8)))" }
}

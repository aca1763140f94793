internal import WallTime

/// What signs requests to an S3 service; shows in no description.
struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
  let keyID: String
  let secret: Secret
  let sessionToken: Secret?
  /// `nil` where they hold until they are taken back.
  let expires: UnixTime?

  init(keyID: String, secret: String, sessionToken: String? = nil, expires: UnixTime? = nil) {
    self.keyID = keyID
    self.secret = Secret(secret)
    self.sessionToken = sessionToken.map { Secret($0) }
    self.expires = expires
  }

  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

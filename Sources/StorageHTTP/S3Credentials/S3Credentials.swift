internal import WallTime

/// What signs requests to an S3 service; shows in no description.
struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
  let keyID: String
  let secret: String
  var sessionToken: String?
  /// `nil` where they hold until they are taken back.
  var expires: UnixTime?

  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

internal import ResticStorage

/// A refusal of an S3 service: its code and the region it names.
struct S3Refusal {
  /// As `AccessDenied`; empty where the answer has none.
  var code = ""
  var region: String?

  init(_ response: HTTPResponse) {
    region = response.headers["x-amz-bucket-region"]
    var (code, bodyRegion) = ("", String?.none)
    _ = XMLReader.forEach(response.body) { path, text in
      if path == ["Error", "Code"] { code = text }
      if path == ["Error", "Region"] { bodyRegion = text }
    }
    if code.utf8.count <= 64, code.utf8.allSatisfy(Self.isPlain) { self.code = code }
    region = region ?? bodyRegion
    if let region, region.isEmpty || region.utf8.count > 64 || !region.utf8.allSatisfy(Self.isPlain) {
      self.region = nil
    }
  }

  static func isPlain(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }

  /// The refusal by what the user can do about it.
  ///
  /// `permission` is what the request needs, as `s3:GetObject`.
  func error(_ response: HTTPResponse, permission: String, action: String) -> StorageError {
    let said = code.isEmpty ? response.statusText : "\(response.statusText), \(code)"
    func error(_ kind: StorageError.Class, _ reason: String) -> StorageError {
      StorageError(kind, action: action, reason: reason, retryAfterSeconds: response.retryAfterSeconds)
    }
    switch code {
    case "NoSuchBucket": return error(.notFound, "there is no such bucket")
    case "NoSuchKey": return error(.notFound, "the bucket does not have it")
    case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException":
      return error(
        .notAllowed,
        "the credentials have expired (\(said)); get new ones and set AWS_SESSION_TOKEN with them")
    case "InvalidAccessKeyId", "InvalidToken", "InvalidClientTokenId", "InvalidSecurity":
      return error(
        .notAllowed, "the service does not know these credentials (\(said)); check AWS_ACCESS_KEY_ID")
    case "SignatureDoesNotMatch":
      return error(
        .notAllowed, "the service refuses the signature (\(said)); check AWS_SECRET_ACCESS_KEY and the region"
      )
    case "RequestTimeTooSkewed", "RequestExpired":
      return error(
        .permanent, "this machine's clock and the service's differ too much (\(said)); set the clock")
    case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
      let hint = region.map { " is \($0)" } ?? " is another one"
      return error(
        .permanent, "the bucket's region\(hint) (\(said)); name it with -o s3.region= or AWS_DEFAULT_REGION")
    case "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable":
      return error(.transient, "the service answered \(said)")
    default: break
    }
    if response.isTransient { return error(.transient, "the service answered \(said)") }
    if response.isRedirect {
      return error(
        .permanent, "the service sends us elsewhere, to \(response.shownRedirect); name that endpoint with -r"
      )
    }
    switch response.status {
    case 404, 410: return error(.notFound, "the bucket does not have it")
    case 401, 403:
      return error(
        .notAllowed, "the service forbids it (\(said)); these credentials need the permission \(permission)")
    default: return error(.permanent, "the service answered \(said)")
    }
  }
}

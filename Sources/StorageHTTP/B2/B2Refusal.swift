internal import ResticStorage

/// A refusal of Backblaze B2: `{"status": 401, "code": "expired_auth_token", "message": "…"}`.
struct B2Refusal {
  /// Empty where the answer has none, as those to HEAD.
  var code = ""

  init(_ response: HTTPResponse) {
    var cursor = JSONCursor(response.body)
    var found = ""
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      if name == "code", cursor.isAtString { found = cursor.string() ?? "" } else { _ = cursor.skip() }
    }
    // Its own words are not repeated, as they may hold anything.
    let isPlain =
      found.utf8.count <= 64
      && found.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
    if isPlain { code = found }
  }

  /// Whether another authorisation may help.
  func asksForNewToken(_ response: HTTPResponse) -> Bool {
    response.status == 401
      && ["", "expired_auth_token", "bad_auth_token", "auth_token_expired", "missing_auth_token"].contains(
        code)
  }

  /// The refusal by what the user can do about it.
  ///
  /// `capability` is what the request needs, as `listFiles`.
  func error(_ response: HTTPResponse, capability: String, action: String) -> StorageError {
    let said = code.isEmpty ? response.statusText : "\(response.statusText), \(code)"
    func error(_ kind: StorageError.Class, _ reason: String) -> StorageError {
      StorageError(kind, action: action, reason: reason, retryAfterSeconds: response.retryAfterSeconds)
    }
    switch code {
    case "not_found", "no_such_file", "file_not_present", "already_hidden":
      return error(.notFound, "the bucket does not have it")
    case "bad_bucket_id", "invalid_bucket_id": return error(.notFound, "there is no such bucket")
    case "transaction_cap_exceeded", "download_cap_exceeded", "storage_cap_exceeded":
      return error(
        .notAllowed, "a cap of the account is used up (\(said)); raise it under Caps & Alerts, or wait a day")
    default: break
    }
    if response.isTransient { return error(.transient, "the service answered \(said)") }
    if response.isRedirect {
      return error(.permanent, "the service sends us elsewhere, to \(response.shownRedirect)")
    }
    switch response.status {
    case 404, 410: return error(.notFound, "the bucket does not have it")
    case 401, 403:
      return error(
        .notAllowed,
        "the service forbids it (\(said)); the key needs the capability \(capability) for this bucket and path"
      )
    default: return error(.permanent, "the service answered \(said)")
    }
  }
}

internal import ResticStorage

/// A refusal of Google's storage.
struct GSRefusal {
  /// As `notFound`; empty where the answer has none.
  private(set) var reason = ""

  init(_ response: HTTPResponse) {
    var found = ""
    var cursor = JSONCursor(response.body)
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      guard name == "error" else {
        _ = cursor.skip()
        return
      }
      _ = cursor.object { (name: String, cursor: inout JSONCursor) in
        guard name == "errors" else {
          _ = cursor.skip()
          return
        }
        _ = cursor.array { (cursor: inout JSONCursor) in
          let members = cursor.members()
          if found.isEmpty { found = members?["reason"] ?? "" }
        }
      }
    }
    if found.utf8.count <= 64, found.utf8.allSatisfy(Self.isPlain) { reason = found }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
  }

  /// The refusal by what the user can do about it.
  ///
  /// `permission` is what the request needs, as `storage.objects.get`; `missing` what a 404 says.
  func error(
    _ response: HTTPResponse, permission: String, missing: String, action: String
  ) -> StorageError {
    let said = reason.isEmpty ? response.statusText : "\(response.statusText), \(reason)"
    func error(_ kind: StorageError.Class, _ reason: String) -> StorageError {
      StorageError(kind, action: action, reason: reason, retryAfterSeconds: response.retryAfterSeconds)
    }
    if response.isTransient
      || ["rateLimitExceeded", "userRateLimitExceeded", "backendError"].contains(reason)
    {
      return error(.transient, "the service answered \(said)")
    }
    if response.isRedirect {
      return error(.permanent, "the service sends us elsewhere, to \(response.shownRedirect)")
    }
    switch response.status {
    case 404, 410: return error(.notFound, missing)
    case 401:
      return error(.notAllowed, "the service does not accept our access token (\(said))")
    case 403:
      return error(
        .notAllowed, "the service forbids it (\(said)); the account needs the permission \(permission)")
    case 412: return error(.alreadyExists, "a file of that name is there")
    default: return error(.permanent, "the service answered \(said)")
    }
  }
}

internal import ResticStorage

/// A refusal of Azure Blob Storage, by the code it gives (REST reference, "Blob service error codes").
struct AzureRefusal {
  /// As `BlobNotFound`; empty where the answer has none.
  var code = ""

  init(_ response: HTTPResponse) {
    var found = response.headers["x-ms-error-code"] ?? ""
    if found.isEmpty {
      _ = XMLReader.forEach(response.body) { path, text in
        if path == ["Error", "Code"] { found = text }
      }
    }
    // Its own words are not repeated, as they may hold anything.
    let isPlain =
      found.utf8.count <= 64
      && found.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
      }
    if isPlain { code = found }
  }

  /// The refusal by what the user can do about it.
  ///
  /// `permission` is what the request needs, as `read`.
  func error(_ response: HTTPResponse, permission: String, action: String) -> StorageError {
    let said = code.isEmpty ? response.statusText : "\(response.statusText), \(code)"
    func error(_ kind: StorageError.Class, _ reason: String) -> StorageError {
      StorageError(kind, action: action, reason: reason, retryAfterSeconds: response.retryAfterSeconds)
    }
    switch code {
    case "BlobNotFound", "ResourceNotFound": return error(.notFound, "the container does not have it")
    case "ContainerNotFound", "ContainerBeingDeleted": return error(.notFound, "there is no such container")
    case "BlobAlreadyExists": return error(.alreadyExists, "a file of that name is there")
    case "AuthenticationFailed":
      return error(
        .notAllowed,
        "the service refuses the credentials (\(said)); check AZURE_ACCOUNT_KEY or AZURE_ACCOUNT_SAS and whether it "
          + "has expired, and this machine's clock")
    case "AccountIsDisabled", "KeyBasedAuthenticationNotPermitted", "AuthorizationSourceIPMismatch":
      return error(.notAllowed, "the account does not let these credentials in from here (\(said))")
    case "SnapshotsPresent":
      return error(
        .permanent, "it has snapshots, which would have to go with it (\(said)); delete them in Azure first")
    case "BlobArchived", "BlobBeingRehydrated":
      return error(.permanent, "it lies in the archive (\(said)); bring it back to an online tier first")
    case "BlobImmutableDueToPolicy", "LeaseIdMissing", "LeaseIdMissingWithBlobOperation":
      return error(.notAllowed, "a policy or a lease holds it (\(said)); lift that in Azure first")
    case "ServerBusy", "InternalError", "OperationTimedOut":
      return error(.transient, "the service answered \(said)")
    default: break
    }
    if response.isTransient { return error(.transient, "the service answered \(said)") }
    if response.isRedirect {
      return error(
        .permanent,
        "the service sends us elsewhere, to \(response.shownRedirect); check AZURE_ENDPOINT_SUFFIX")
    }
    switch response.status {
    case 404, 410: return error(.notFound, "the container does not have it")
    case 412: return error(.alreadyExists, "a file of that name is there")
    case 401, 403:
      return error(
        .notAllowed,
        "the service forbids it (\(said)); these credentials need the permission to \(permission) blobs")
    default: return error(.permanent, "the service answered \(said)")
    }
  }
}

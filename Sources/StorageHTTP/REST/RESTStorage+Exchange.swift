internal import ResticStorage

extension RESTStorage {
  /// How often a server may send us elsewhere on itself.
  private static let redirectLimit = 5

  /// Sends a request; what is no success comes as an error.
  ///
  /// A redirect is followed for reading, and only to another path of the same server: nothing else gets our
  /// credentials, or is asked at all.
  func exchange(
    _ request: HTTPRequest, isListing: Bool = false, action: String
  ) async throws(StorageError) -> HTTPResponse {
    try StorageError.checkCancellation(action: action)
    var request = request
    var redirectCount = 0
    while true {
      let response: HTTPResponse
      do throws(HTTPFailure) {
        response = try await transport.exchange(request)
      } catch {
        throw StorageError(error, action: action)
      }
      if response.isSuccess { return response }
      if isListing, response.isFailedListing {
        throw StorageError(
          .transient, action: action,
          reason: "rclone could not list it (\(response.statusText)); rclone's own messages say why")
      }
      guard response.isRedirect, redirectCount < Self.redirectLimit,
        request.method == .get || request.method == .head,
        let location = response.headers["Location"], let target = transport.ownTarget(of: location)
      else { throw error(response, action: action) }
      redirectCount += 1
      request = HTTPRequest(
        request.method, target, headers: request.headers, body: request.body, byteLimit: request.byteLimit)
    }
  }

  private func error(_ response: HTTPResponse, action: String) -> StorageError {
    let status = response.statusText
    if response.isTransient {
      return StorageError(
        .transient, action: action, reason: "the server answered \(status)",
        retryAfterSeconds: response.retryAfterSeconds)
    }
    if response.isRedirect {
      return StorageError(
        .permanent, action: action,
        reason:
          "the server sends us elsewhere, to \(response.shownRedirect); name that place with -r if it is right"
      )
    }
    switch response.status {
    case 404, 410: return StorageError(.notFound, action: action, reason: "the server does not have it")
    case 401:
      return StorageError(
        .notAllowed, action: action,
        reason: headers["Authorization"] == nil
          ? "the server wants a user and a password (\(status)); give them in the URL, or as "
            + "RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD"
          : "the server refuses this user or password, or this user may not use this repository (\(status))")
    case 403:
      return StorageError(
        .notAllowed, action: action,
        reason: "the server forbids it (\(status)); its administrator has to allow it")
    default: return StorageError(.permanent, action: action, reason: "the server answered \(status)")
    }
  }
}

extension HTTPResponse {
  /// rclone answers 404 to a listing that failed for whatever reason, and an empty one for a folder that is not there.
  fileprivate var isFailedListing: Bool {
    status == 404 && headers["Server"]?.lowercased().hasPrefix("rclone/") == true
  }
}

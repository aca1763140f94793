internal import ResticStorage

/// A server that gives tokens for forms (RFC 6749).
struct TokenEndpoint: Sendable {
  let clients: SocketClients
  let origin: HTTPOrigin
  let path: String

  private static let byteLimit = 131_072

  /// Posts a form; `remedy` says what to check where the server refuses it.
  func token(
    _ form: [(name: String, value: String)], remedy: String, action: String
  ) async throws(StorageError) -> AccessToken {
    let body = form.map { "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))" }
      .joined(separator: "&")
    let response: HTTPResponse
    do {
      response = try await clients.transport(to: origin).exchange(
        HTTPRequest(
          .post, path,
          headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
          body: Array(body.utf8), byteLimit: Self.byteLimit))
    } catch let failure as HTTPFailure {
      throw StorageError(failure, action: action)
    } catch {
      throw StorageError(.permanent, action: action, reason: "\(error)")
    }
    let server = origin.authority
    guard response.isSuccess else {
      if response.isTransient {
        throw StorageError(
          .transient, action: action, reason: "\(server) answered \(response.statusText)",
          retryAfterSeconds: response.retryAfterSeconds)
      }
      throw StorageError(
        .notAllowed, action: action,
        reason: "\(server) gives no token (\(Self.said(response))); check \(remedy)")
    }
    guard let token = AccessToken(json: response.body) else {
      throw StorageError(.permanent, action: action, reason: "the answer of \(server) holds no token")
    }
    return token
  }

  /// The status and the code of the error; nothing else, as its words may hold anything.
  static func said(_ response: HTTPResponse) -> String {
    var code = ""
    var cursor = JSONCursor(response.body)
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      if name == "error", cursor.isAtString { code = cursor.string() ?? "" } else { _ = cursor.skip() }
    }
    let isPlain =
      !code.isEmpty && code.utf8.count <= 40
      && code.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
      }
    return isPlain ? "\(response.statusText), \(code)" : response.statusText
  }
}

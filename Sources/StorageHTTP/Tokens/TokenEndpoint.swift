internal import ResticStorage

/// A server that gives tokens for forms (RFC 6749).
struct TokenEndpoint: Sendable {
  let address: HTTPAddress
  let servers: ServerPool

  private static let byteLimit = 131_072

  /// Posts a form; `advice` says what to do where the server refuses it.
  func token(
    _ form: [(name: String, value: String)], advice: String, action: String
  ) async throws(StorageError) -> AccessToken {
    let body = form.map { "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))" }
      .joined(separator: "&")
    let transport = try servers.transport(to: address.origin, action: action)
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await transport.exchange(
        HTTPRequest(
          .post, address.path.isEmpty ? "/" : address.path,
          headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
          body: Array(body.utf8), byteLimit: Self.byteLimit))
    } catch {
      throw StorageError(error, action: action)
    }
    let server = address.origin.authority
    guard response.isSuccess else {
      let said = Self.said(response)
      if response.isTransient {
        throw StorageError(
          .transient, action: action, reason: "\(server) answered \(said)",
          retryAfterSeconds: response.retryAfterSeconds)
      }
      throw StorageError(
        [400, 401, 403].contains(response.status) ? .notAllowed : .permanent, action: action,
        reason: "\(server) gives no token (\(said)); \(advice)")
    }
    guard let token = AccessToken(json: response.body) else {
      throw StorageError(.permanent, action: action, reason: "the answer of \(server) holds no access token")
    }
    return token
  }

  /// The status and the code of the error; nothing else, as its words may hold anything.
  static func said(_ response: HTTPResponse) -> String {
    let code = JSONCursor.members(of: response.body)?["error"] ?? ""
    let isPlain =
      !code.isEmpty && code.utf8.count <= 40
      && code.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
      }
    return isPlain ? "\(response.statusText), \(code)" : response.statusText
  }
}

/// One exchange with one server: a request that is small, an answer that is bounded.
///
/// The logic of the protocols stands on this alone, so that it works over sockets and over a child's pipes.
package protocol HTTPTransport: Sendable {
  /// Sends one request and waits for its whole answer; follows no redirect and retries nothing.
  ///
  /// Throws `HTTPFailure` where there is no whole answer; every status is an answer. Bodies are gathered with
  /// `HTTPBodyCollector`, so that no server can make us keep more than the request's limit.
  func exchange(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse

  /// The path and query of a redirect to this same server; `nil` for one that leads anywhere else.
  func ownTarget(of location: String) -> String?
}

extension HTTPTransport {
  package func ownTarget(of location: String) -> String? {
    // Two slashes begin another host.
    guard location.hasPrefix("/"), !location.hasPrefix("//"), location.utf8.count <= 4096 else { return nil }
    return PercentEncoding.completed(location)
  }
}

internal import ResticStorage
internal import WallTime

extension HTTPResponse {
  /// Whether the server may answer the same request otherwise a little later.
  var isTransient: Bool { [408, 425, 429, 500, 502, 503, 504].contains(status) }

  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

  /// What `Retry-After` asks for (RFC 9110, 10.2.3): seconds, or a date by the server's own clock.
  var retryAfterSeconds: Double? {
    guard let text = headers["Retry-After"] else { return nil }
    if let seconds = UInt32(text) { return Double(seconds) }
    guard let until = HTTPDate.parse(text), let now = headers["Date"].flatMap(HTTPDate.parse) else {
      return nil
    }
    return max(until.secondsSince(now), 0)
  }

  /// `404 Not Found`; the server's own words are not repeated, as they may hold anything.
  var statusText: String {
    let name =
      switch status {
      case 400: " Bad Request"
      case 401: " Unauthorized"
      case 403: " Forbidden"
      case 404: " Not Found"
      case 405: " Method Not Allowed"
      case 408: " Request Timeout"
      case 409: " Conflict"
      case 411: " Length Required"
      case 412: " Precondition Failed"
      case 416: " Range Not Satisfiable"
      case 429: " Too Many Requests"
      case 500: " Internal Server Error"
      case 501: " Not Implemented"
      case 502: " Bad Gateway"
      case 503: " Service Unavailable"
      case 504: " Gateway Timeout"
      default: ""
      }
    return "\(status)\(name)"
  }

  /// Where a redirect leads, as far as it may be shown: without user, password and query.
  var shownRedirect: String {
    guard let location = headers["Location"] else { return "nowhere" }
    let plain = location.prefix { $0 != "?" && $0 != "#" }
    guard let authority = plain.range(of: "://") else { return String(plain.prefix(200)) }
    let rest = plain[authority.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let at = host.lastIndex(of: "@") else { return String(plain.prefix(200)) }
    return String((plain[..<authority.upperBound] + rest[rest.index(after: at)...]).prefix(200))
  }
}

extension Substring {
  /// Foundation's search, for a needle of a few characters.
  fileprivate func range(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}

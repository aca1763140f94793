extension RepositoryLocation {
  /// Reads a location as restic reads it, and refuses besides what could never be reached: no bucket, no host.
  ///
  /// What stands before the first colon names the backend, in lower case. Everything else is a local path,
  /// unless it has a colon and does not look like a path (`/x`, `\x`, `../x`, `..\x`, `C:\x`, `C:/x`).
  package init(parsing text: String) throws(LocationError) {
    guard !text.isEmpty else {
      throw LocationError(
        .missing, location: "", problem: "no repository location was given",
        hint:
          "name the repository with -r or RESTIC_REPOSITORY, or a file that names it with --repository-file")
    }
    let (scheme, rest) = text.cut(at: ":")
    if let backend = Backend(rawValue: String(scheme)) {
      guard let rest else {
        throw LocationError(
          .malformed, location: text,
          problem: "\(scheme) is the name of a kind of storage, and nothing follows it",
          hint: "write local:\(scheme) for a folder of that name, else \(backend.example)")
      }
      self = try Self.parse(Problem(backend: backend, location: text), rest)
      return
    }
    guard rest == nil || Self.isPath(text) else {
      throw LocationError(
        .unknownBackend, location: text, problem: "\(scheme) is no kind of storage that restic knows",
        hint: scheme == "http" || scheme == "https"
          ? "write rest:\(scheme)://… for a rest-server, or s3:\(scheme)://… for an S3 service"
          : "write local:… if it is a folder of this machine; the other kinds are "
            + Backend.allCases.dropFirst().map(\.rawValue).joined(separator: ", "))
    }
    self = try Self.local(text[...], Problem(backend: .local, location: text))
  }

  /// Throws what is wrong with one location.
  private struct Problem {
    let backend: Backend
    let location: String

    func callAsFunction(_ problem: String, hint: String? = nil) -> LocationError {
      LocationError(
        .malformed, location: location, problem: problem, hint: hint ?? "write \(backend.example)")
    }
  }

  private static func parse(_ problem: Problem, _ text: Substring) throws(LocationError) -> Self {
    switch problem.backend {
    case .local: try local(text, problem)
    case .sftp: .sftp(try sftp(text, problem))
    case .rest: .rest(try rest(text, problem))
    case .s3: .s3(try s3(text, problem))
    case .b2: .b2(try b2(text, problem))
    case .azure: .azure(try bucket(text, problem))
    case .gs: .gs(try bucket(text, problem))
    case .swift: .swift(try swift(text, problem))
    case .rclone: .rclone(remote: try rclone(text, problem))
    }
  }

  private static func local(_ path: Substring, _ problem: Problem) throws(LocationError) -> Self {
    guard !path.utf8.contains(0) else {
      throw problem("a path can't hold a zero byte", hint: "look at the file that names the repository")
    }
    return .local(path: String(path))
  }

  private static func sftp(_ text: Substring, _ problem: Problem) throws(LocationError) -> SFTPLocation {
    let location: SFTPLocation
    if text.begins(with: "//") {
      let url = try url("sftp:\(text)", problem)
      guard !url.path.isEmpty else { throw problem("the folder is missing") }
      location = SFTPLocation(
        user: url.credentials?.user, host: url.host, port: url.port, path: cleaned(url.path.dropFirstByte()))
    } else {
      let (login, path) = text.cut(at: ":")
      guard let path else { throw problem("the host or the folder is missing") }
      let (user, host) = login.userAndHost
      location = SFTPLocation(user: user.map(String.init), host: String(host), port: nil, path: cleaned(path))
    }
    guard !location.host.isEmpty else { throw problem("the host is missing") }
    // ssh would take it for an option, and options can run commands.
    guard !location.host.begins(with: "-"), location.user?.begins(with: "-") != true else {
      throw problem("a host or user can't begin with a dash")
    }
    guard !location.path.begins(with: "~") else {
      throw problem(
        "sftp servers know no ~",
        hint: "leave the ~/ out: a relative path begins in the login folder on most servers")
    }
    return location
  }

  private static func rest(_ text: Substring, _ problem: Problem) throws(LocationError) -> RESTLocation {
    let url = try url(text.utf8.last == UInt8(ascii: "/") ? text : "\(text)/", problem)
    guard !url.hasQueryOrFragment else { throw problem("a query (?) or fragment (#) has no meaning here") }
    switch url.scheme {
    case "http", "https":
      guard !url.host.isEmpty else { throw problem("the host is missing") }
      return RESTLocation(
        transport: .tcp(usesTLS: url.scheme == "https", host: url.host, port: url.port),
        credentials: url.credentials, path: url.encodedPath)
    case "http+unix":
      let (socket, path) = url.encodedPath.cut(at: ":")
      guard let path, let decoded = LocationURL.percentDecoded(socket), decoded.begins(with: "/") else {
        throw problem("the socket's path or the colon after it is missing")
      }
      return RESTLocation(
        transport: .unixSocket(path: decoded), credentials: url.credentials,
        path: path.begins(with: "/") ? String(path) : "/\(path)")
    default: throw problem("it is no http, https or http+unix URL")
    }
  }

  private static func s3(_ text: Substring, _ problem: Problem) throws(LocationError) -> S3Location {
    let location: S3Location
    if text.begins(with: "http") {
      let url = try url(text, problem)
      guard !url.path.isEmpty else { throw problem("the bucket is missing") }
      let (bucket, prefix) = url.path.dropFirstByte().cut(at: "/")
      location = S3Location(
        endpoint: url.hostAndPort, usesTLS: url.scheme != "http", bucket: String(bucket),
        prefix: cleanedPrefix(prefix))
    } else {
      let (endpoint, path) = (text.begins(with: "//") ? text.dropFirstByte(2) : text).cut(at: "/")
      let (bucket, prefix) = (path ?? "").cut(at: "/")
      location = S3Location(
        endpoint: String(endpoint), usesTLS: true, bucket: String(bucket), prefix: cleanedPrefix(prefix))
    }
    guard !location.endpoint.isEmpty else { throw problem("the service's host is missing") }
    guard !location.bucket.isEmpty else {
      throw problem(
        "the bucket is missing",
        hint: "the first part is the service's host, not the bucket: write \(problem.backend.example)")
    }
    return location
  }

  private static func b2(_ text: Substring, _ problem: Problem) throws(LocationError) -> BucketLocation {
    let (bucket, prefix) = text.cut(at: ":")
    guard !bucket.isEmpty else { throw problem("the bucket is missing") }
    guard bucket.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }) else {
      throw problem("a bucket's name has letters, digits and dashes only")
    }
    guard (6...50).contains(bucket.utf8.count) else {
      throw problem("a bucket's name has 6 to 50 characters")
    }
    return BucketLocation(bucket: String(bucket), prefix: cleanedPrefix(prefix))
  }

  private static func bucket(_ text: Substring, _ problem: Problem) throws(LocationError) -> BucketLocation {
    let (bucket, prefix) = text.cut(at: ":")
    guard let prefix else { throw problem("the colon after the bucket or container is missing") }
    guard !bucket.isEmpty else { throw problem("the bucket or container is missing") }
    return BucketLocation(bucket: String(bucket), prefix: cleanedPrefix(prefix))
  }

  private static func swift(_ text: Substring, _ problem: Problem) throws(LocationError) -> BucketLocation {
    let (container, prefix) = text.cut(at: ":")
    guard let prefix, prefix.begins(with: "/") else { throw problem("the :/ after the container is missing") }
    guard !container.isEmpty else { throw problem("the container is missing") }
    return BucketLocation(bucket: String(container), prefix: String(prefix.dropFirstByte()))
  }

  private static func rclone(_ text: Substring, _ problem: Problem) throws(LocationError) -> String {
    guard !text.isEmpty else { throw problem("the remote is missing") }
    return String(text)
  }

  private static func url(_ text: Substring, _ problem: Problem) throws(LocationError) -> LocationURL {
    do throws(LocationURL.Defect) {
      return try LocationURL(parsing: text)
    } catch {
      throw problem(error.message)
    }
  }

  /// What restic takes for a local path although it has a colon.
  private static func isPath(_ text: String) -> Bool {
    if ["../", #"..\"#, "/", #"\"#].contains(where: text.begins) { return true }
    let start = Array(text.utf8.prefix(3))
    return start.count == 3 && start[0].isASCIILetter && start[1] == UInt8(ascii: ":")
      && (start[2] == UInt8(ascii: "/") || start[2] == UInt8(ascii: #"\"#))
  }
}

extension Substring {
  /// `user@host`; directory services have user names with one @ of their own.
  fileprivate var userAndHost: (user: Substring?, host: Substring) {
    let (first, rest) = cut(at: "@")
    guard let rest else { return (nil, first) }
    let (second, host) = rest.cut(at: "@")
    guard let host else { return (first, rest) }
    return (self[..<second.endIndex], host)
  }
}

extension RepositoryLocation.Backend {
  /// How a location of this kind is written.
  package var example: String {
    switch self {
    case .local: "local:/path or /path"
    case .sftp: "sftp:user@host:/path or sftp://user@host:port//path"
    case .rest: "rest:https://user:password@host:port/path/"
    case .s3: "s3:https://host/bucket/path"
    case .b2: "b2:bucket:path"
    case .azure: "azure:container:/path"
    case .gs: "gs:bucket:/path"
    case .swift: "swift:container:/path"
    case .rclone: "rclone:remote:path"
    }
  }
}

import Testing

@testable import ResticStorage

/// A location and what it means.
struct LocationCase: Sendable, CustomTestStringConvertible {
  let text: String
  let expected: RepositoryLocation

  init(_ text: String, _ expected: RepositoryLocation) {
    (self.text, self.expected) = (text, expected)
  }

  var testDescription: String { text }

  static let sound = local + sftp + rest + s3 + buckets

  static let local: [LocationCase] = [
    .init("/srv/repo", .local(path: "/srv/repo")),
    .init("repo", .local(path: "repo")),
    .init("/srv/a:b", .local(path: "/srv/a:b")),
    .init("../a:b", .local(path: "../a:b")),
    .init(#"..\a:b"#, .local(path: #"..\a:b"#)),
    .init(#"\a:b"#, .local(path: #"\a:b"#)),
    .init(#"c:\repo"#, .local(path: #"c:\repo"#)),
    .init("C:/repo", .local(path: "C:/repo")),
    .init("local:/srv/repo", .local(path: "/srv/repo")),
    .init("local:repo", .local(path: "repo")),
    .init("local:a:b", .local(path: "a:b")),
    .init("local:local:x", .local(path: "local:x")),
    .init("local:", .local(path: "")),
    .init("/:\u{301}", .local(path: "/:\u{301}")),
  ]

  private static func sftp(_ user: String?, _ host: String, _ port: UInt16?, _ path: String)
    -> RepositoryLocation
  {
    .sftp(SFTPLocation(user: user, host: host, port: port, path: path))
  }

  static let sftp: [LocationCase] = [
    .init("sftp:host:/srv/repo", sftp(nil, "host", nil, "/srv/repo")),
    .init("sftp:user@host:repo", sftp("user", "host", nil, "repo")),
    .init("sftp:user@domain@host:/srv//repo/", sftp("user@domain", "host", nil, "/srv/repo")),
    .init("sftp:host:", sftp(nil, "host", nil, ".")),
    .init("sftp:host:a:b", sftp(nil, "host", nil, "a:b")),
    .init("sftp://host/repo", sftp(nil, "host", nil, "repo")),
    .init("sftp://host//srv/repo", sftp(nil, "host", nil, "/srv/repo")),
    .init("sftp://user@host:2222/repo", sftp("user", "host", 2222, "repo")),
    .init("sftp://user@domain@host/repo", sftp("user@domain", "host", nil, "repo")),
    .init("sftp://user:ignored@host/a%20b", sftp("user", "host", nil, "a b")),
    .init("sftp://[::1]:22//srv", sftp(nil, "::1", 22, "/srv")),
    .init("sftp://host:/repo", sftp(nil, "host", nil, "repo")),
    .init("sftp://host/", sftp(nil, "host", nil, ".")),
  ]

  private static func rest(
    _ tls: Bool, _ host: String, _ port: UInt16?, _ path: String, _ user: URLCredentials? = nil
  ) -> RepositoryLocation {
    .rest(
      RESTLocation(transport: .tcp(usesTLS: tls, host: host, port: port), credentials: user, path: path))
  }

  static let rest: [LocationCase] = [
    .init("rest:http://host", rest(false, "host", nil, "/")),
    .init("rest:https://host:8000/repo", rest(true, "host", 8000, "/repo/")),
    .init("rest:HTTPS://host/repo/", rest(true, "host", nil, "/repo/")),
    .init(
      "rest:https://user:pass@host/",
      rest(true, "host", nil, "/", URLCredentials(user: "user", password: "pass"))),
    .init(
      "rest:https://us%40er:p%3Aw@host/",
      rest(true, "host", nil, "/", URLCredentials(user: "us@er", password: "p:w"))),
    .init(
      "rest:https://user@host/", rest(true, "host", nil, "/", URLCredentials(user: "user", password: nil))),
    .init("rest:http://[fe80::1]:8000/a%2Fb", rest(false, "fe80::1", 8000, "/a%2Fb/")),
    .init(
      "rest:http+unix:///run/rest.sock:/repo/",
      .rest(RESTLocation(transport: .unixSocket(path: "/run/rest.sock"), credentials: nil, path: "/repo/"))),
  ]

  private static func s3(_ endpoint: String, _ bucket: String, _ prefix: String, tls: Bool = true)
    -> RepositoryLocation
  {
    .s3(S3Location(endpoint: endpoint, usesTLS: tls, bucket: bucket, prefix: prefix))
  }

  static let s3: [LocationCase] = [
    .init("s3:s3.example.org/bucket", s3("s3.example.org", "bucket", "")),
    .init("s3://s3.example.org/bucket/a//b/", s3("s3.example.org", "bucket", "a/b")),
    .init("s3:eu-central-1/bucket/prefix", s3("eu-central-1", "bucket", "prefix")),
    .init("s3:https://host:9000/bucket/prefix", s3("host:9000", "bucket", "prefix")),
    .init("s3:http://host:9000/bucket", s3("host:9000", "bucket", "", tls: false)),
    .init("s3:https://host/bucket/", s3("host", "bucket", "")),
  ]

  static let buckets: [LocationCase] = [
    .init("b2:bucket-1", .b2(BucketLocation(bucket: "bucket-1", prefix: ""))),
    .init("b2:bucket-1:", .b2(BucketLocation(bucket: "bucket-1", prefix: ""))),
    .init("b2:bucket-1:/a/../b", .b2(BucketLocation(bucket: "bucket-1", prefix: "b"))),
    .init("azure:container:/", .azure(BucketLocation(bucket: "container", prefix: ""))),
    .init("azure:container:/a/b/", .azure(BucketLocation(bucket: "container", prefix: "a/b"))),
    .init("gs:bucket:prefix", .gs(BucketLocation(bucket: "bucket", prefix: "prefix"))),
    .init("gs:bucket:", .gs(BucketLocation(bucket: "bucket", prefix: ""))),
    .init("swift:container:/", .swift(BucketLocation(bucket: "container", prefix: ""))),
    .init("swift:container:/a/b/", .swift(BucketLocation(bucket: "container", prefix: "a/b/"))),
    .init("rclone:remote:path/to", .rclone(remote: "remote:path/to")),
    .init("rclone::memory:", .rclone(remote: ":memory:")),
  ]

  static let refused: [(String, LocationError.Kind)] =
    [("", .missing)]
    + resticRefuses.map { ($0, .unknownBackend) }
    + (resticRefusesMalformed + weRefuseBesides).map { ($0, .malformed) }

  /// No backend, and nothing that looks like a path.
  static let resticRefuses = [
    "foo:bar", "c:x", "./a:b", "a/b:c", ":x", "REST:http://host/", "Local:repo", "http://host/", "1:/x",
    "é:/x",
  ]

  static let resticRefusesMalformed = [
    "local", "sftp", "s3", "b2", "gs", "swift", "rclone",
    "sftp:~/x", "sftp:host", "sftp:", "sftp://", "sftp://host", "sftp:host:~/x", "sftp:host:~",
    "sftp://host/~/x",
    "sftp://host:port/x", "sftp://ho st/x", "sftp://host/%zz", "sftp://[::1/x", "sftp://us er@host/x",
    "rest:http://a b/", "rest:http://host:port/", "rest:http://host/%zz", "rest:http://%zz/",
    "s3:", "s3://", "s3:http://host", "s3:https:host", "s3:http://%zz/x",
    "b2:", "b2:ab", "b2:abcde", "b2:abc_def", "b2:" + String(repeating: "x", count: 51), "b2::prefix",
    "gs:bucket", "swift:container", "swift:container:", "swift:container:prefix",
  ]

  /// restic takes these and fails later: for want of a server, a bucket or a program, or by running ssh's options.
  static let weRefuseBesides = [
    "rest", "sftp::/x", "sftp://host:0/x", "sftp://host:99999/x", "sftp:-oProxyCommand=x:/y",
    "sftp:-l@host:/y", "rest:", "rest:foo", "rest:ftp://host/", "rest:http:///", "rest:http://host/?a=b",
    "rest:http+unix:///sock", "s3:host", "s3:host/", "s3:httpbucket/x", "s3:https://host/", "gs::/x",
    "azure::/x", "swift::/x",
    "rclone:",
    "local:a\0b",
  ]
}

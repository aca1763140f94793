import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import TestSupport
import Testing
import WallTime

/// Refusals of S3 services, and what the user is told of each.
@Suite struct S3FaultTests {
  private static let lock = String(repeating: "8a", count: 32)
  private static let secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
  private static let variables = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": secret]

  private static func refusal(_ status: Int, _ code: String, _ more: String = "") -> FaultServer.Step {
    .answer(
      status, ["Content-Type": "application/xml"],
      "<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>\(secret) said &quot;no&quot;</Message>\(more)</Error>"
    )
  }

  private static func listing(_ inside: String) -> FaultServer.Step {
    .answer(
      200, [:],
      "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(inside)"
        + "</ListBucketResult>")
  }

  private func connect(
    _ server: FaultServer, _ more: [String: String] = [:], options: [String] = []
  ) async throws -> StorageConnection {
    try await StorageConnector.testing(
      "s3:http://127.0.0.1:\(server.port)/bucket/pre", Self.variables.merging(more) { $1 }, options: options
    ) { $0.retries = false }.connect()
  }

  private func failure(
    _ steps: @escaping FaultServer.Handler, _ ask: (StorageConnection) async throws -> Void
  ) async throws -> StorageError {
    let server = try FaultServer(steps)
    defer { withExtendedLifetime(server) {} }
    let connection = try await connect(server)
    do {
      try await ask(connection)
    } catch let error as StorageError {
      await connection.close()
      #expect(
        !error.description.contains(Self.secret) && !error.description.contains("Signature="), "\(error)")
      return error
    }
    await connection.close()
    throw ServerError(description: "nothing failed")
  }

  private static let read: @Sendable (StorageConnection) async throws -> Void = {
    _ = try await $0.storage.read(.lock(lock), byteLimit: 1000)
  }
  private static let list: @Sendable (StorageConnection) async throws -> Void = {
    _ = try await $0.storage.list(.locks, limit: 1000)
  }

  @Test(
    "each refusal has its class and says what to do",
    arguments: [
      (403, "AccessDenied", StorageError.Class.notAllowed, "s3:GetObject"),
      (403, "InvalidAccessKeyId", .notAllowed, "AWS_ACCESS_KEY_ID"),
      (403, "SignatureDoesNotMatch", .notAllowed, "AWS_SECRET_ACCESS_KEY"),
      (400, "ExpiredToken", .notAllowed, "expired"), (403, "RequestTimeTooSkewed", .permanent, "clock"),
      (404, "NoSuchKey", .notFound, ""), (404, "NoSuchBucket", .notFound, "bucket"),
      (400, "AuthorizationHeaderMalformed", .permanent, "s3.region"),
      (503, "SlowDown", .transient, "SlowDown"),
      (400, "RequestTimeout", .transient, ""), (500, "InternalError", .transient, ""),
      (429, "", .transient, ""),
      (301, "PermanentRedirect", .permanent, "region"), (418, "Nonsense<x>", .permanent, "418"),
    ])
  func refusals(_ status: Int, _ code: String, _ kind: StorageError.Class, _ words: String) async throws {
    let error = try await failure({ _, _ in [Self.refusal(status, code)] }, Self.read)
    #expect(error.kind == kind && (words.isEmpty || error.description.contains(words)), "\(error)")
  }

  @Test("a missing permission is named for each kind of request")
  func permissions() async throws {
    let denied: FaultServer.Handler = { request, _ in
      request.method == "HEAD" ? [.answer(403)] : [Self.refusal(403, "AccessDenied")]
    }
    let name = try #require(LockFileName(Self.lock))
    #expect(try await failure(denied, Self.list).description.contains("s3:ListBucket"))
    #expect(
      try await failure(denied) { _ = try await $0.storage.stat(.config) }.description.contains(
        "s3:GetObject"))
    #expect(
      try await failure(denied) { try await $0.lockRemoval().removeLock(name) }.description.contains(
        "s3:DeleteObject"))
    let noPut: FaultServer.Handler = { request, _ in
      request.method == "PUT" ? [Self.refusal(403, "AccessDenied")] : [.answer(404)]
    }
    #expect(
      try await failure(noPut) { try await $0.lockRemoval().restoreLock(name, content: [1], modified: nil) }
        .description.contains("s3:PutObject"))
  }

  @Test("the region that a service names is taken, by body, by field, and for an answer without a body")
  func region() async throws {
    let server = try FaultServer { request, _ in
      if request.headers["authorization"]?.contains("/eu-west-9/s3/") == true {
        return request.method == "HEAD" ? [.answer(200, ["Content-Length": "3"])] : [Self.listing("")]
      }
      return request.method == "HEAD"
        ? [.answer(400)] : [Self.refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-9</Region>")]
    }
    let connection = try await connect(server)
    defer { withExtendedLifetime(server) {} }
    #expect(try await connection.storage.stat(.config).byteCount == 3)
    #expect(try await connection.storage.list(.locks, limit: 10).isEmpty)
    // HEAD in the wrong region, GET for its reason, HEAD in the right one, then the listing.
    #expect(server.requests.map(\.method) == ["HEAD", "GET", "HEAD", "GET"])
    await connection.close()
    // A service that never agrees is asked a bounded number of times.
    let stubborn = try FaultServer { _, count in
      [Self.refusal(400, "AuthorizationHeaderMalformed", "<Region>r-\(count)</Region>")]
    }
    let asking = try await connect(stubborn)
    await expect(.permanent) { _ = try await asking.storage.list(.locks, limit: 10) }
    #expect(stubborn.requests.count <= 4)
    await asking.close()
  }

  @Test("no redirect is followed to another server")
  func redirects() async throws {
    let elsewhere = try FaultServer { _, _ in [Self.listing("")] }
    let error = try await failure(
      { _, _ in
        [.answer(307, ["Location": "\(elsewhere.url)/bucket/?list-type=2", "x-amz-bucket-region": "r1"])]
      },
      Self.list)
    #expect(error.kind == .permanent && elsewhere.requests.isEmpty, "\(error)")
  }

  @Test("a session token is sent and signed; anonymous requests carry nothing")
  func tokens() async throws {
    let server = try FaultServer { _, _ in [Self.listing("")] }
    let signed = try await connect(server, ["AWS_SESSION_TOKEN": "the-token", "AWS_DEFAULT_REGION": "xx-1"])
    _ = try await signed.storage.list(.locks, limit: 1)
    await signed.close()
    let anonymous = try await connect(server, options: ["s3.unsafe-anonymous-auth=true"])
    _ = try await anonymous.storage.list(.locks, limit: 1)
    await anonymous.close()
    let headers = server.requests.map(\.headers)
    #expect(headers[0]["x-amz-security-token"] == "the-token")
    #expect(headers[0]["authorization"]?.contains("x-amz-security-token") == true)
    #expect(headers[0]["authorization"]?.contains("/xx-1/s3/aws4_request") == true)
    #expect(headers[1]["authorization"] == nil && headers[1]["x-amz-date"] == nil)
  }

  @Test(
    "listings that are none, or go nowhere, are refused",
    arguments: [
      "", "<html></html>", "<ListBucketResult>",
      "<!DOCTYPE x [<!ENTITY a \"b\">]><ListBucketResult></ListBucketResult>",
      "<ListBucketResult><Contents><Key>pre/locks/a</Key></Contents></ListBucketResult>",
      "<ListBucketResult><Contents><Key>other/a</Key><Size>1</Size></Contents></ListBucketResult>",
      "<ListBucketResult><Contents><Key>pre/locks/a</Key><Size>-1</Size></Contents></ListBucketResult>",
      "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>",
      String(repeating: "<a>", count: 1000), "<ListBucketResult></Contents>", "<a>&#xffffffff;</a>",
      "<a>&x;</a>", "<", "</",
      "<a b='", "<!-- ", "<![CDATA[",
    ])
  func listings(_ body: String) async throws {
    let error = try await failure({ _, _ in [.answer(200, [:], body)] }, Self.list)
    #expect(error.kind == .permanent, "\(error)")
  }

  @Test("pages without end are cut off at the limit of entries")
  func endlessPages() async throws {
    let error = try await failure(
      { _, count in
        let keys = (0..<100).map { "<Contents><Key>pre/locks/\(count)-\($0)</Key><Size>1</Size></Contents>" }
          .joined()
        return [
          Self.listing(
            "\(keys)<IsTruncated>true</IsTruncated><NextContinuationToken>\(count)</NextContinuationToken>")
        ]
      }, Self.list)
    #expect(error.kind == .permanent && error.description.contains("more than 1000"), "\(error)")
    let empty = try await failure(
      { _, count in
        [
          Self.listing(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>\(count)</NextContinuationToken>")
        ]
      }, Self.list)
    #expect(empty.kind == .permanent, "\(empty)")
  }

  @Test("keys, times and folders are read as they are, escapes resolved")
  func entries() async throws {
    let server = try FaultServer { _, _ in
      [
        Self.listing(
          "<EncodingType>url</EncodingType><Contents><Key>pre/locks/</Key><Size>0</Size></Contents>"
            + "<Contents><Key>pre/locks/a%20b%2Bc+d</Key><LastModified>2026-11-22T19:54:01.250Z</LastModified>"
            + "<Size>7</Size></Contents><CommonPrefixes><Prefix>pre/locks/sub/</Prefix></CommonPrefixes>")
      ]
    }
    let connection = try await connect(server)
    defer { withExtendedLifetime(server) {} }
    let entries = try await connection.storage.list(.locks, limit: 10)
    #expect(entries.map(\.name) == ["a b+c d", "sub"] && entries.map(\.kind) == [.regular, .directory])
    #expect(entries.first?.modified?.rfc3339 == "2026-11-22T19:54:01.25Z" && entries.first?.byteCount == 7)
    await connection.close()
  }

  /// A bucket of these keys; `forbidden` is the prefix that may not be listed.
  private static func bucket(_ keys: [String], forbidden: String? = nil) -> FaultServer.Handler {
    { request, _ in
      let items = URLComponents(string: request.target)?.queryItems ?? []
      func value(_ name: String) -> String? { items.first { $0.name == name }?.value ?? nil }
      let prefix = value("prefix") ?? ""
      if prefix == forbidden { return [refusal(403, "AccessDenied")] }
      var folders: Set<String> = []
      var inside = ""
      for key in keys.sorted() where key.hasPrefix(prefix) {
        let rest = key.dropFirst(prefix.count)
        if value("delimiter") == "/", let slash = rest.firstIndex(of: "/") {
          folders.insert(prefix + rest[...slash])
        } else {
          inside += "<Contents><Key>\(key)</Key><Size>1</Size></Contents>"
        }
      }
      inside += folders.map { "<CommonPrefixes><Prefix>\($0)</Prefix></CommonPrefixes>" }.joined()
      return [listing(inside)]
    }
  }

  @Test(
    "one listing shows a usual bucket's locks, and those of the old layout are found where they are",
    arguments: [
      (["keys/\(lock)", "locks/a", "locks/b"], ["a", "b"], 1), (["keys/\(lock)"], [], 1),
      (["locks/", "locks/sub/x", "locks/sub/y"], ["sub"], 1),
      (["lock", "locks", "lock/", "locks/a"], ["a"], 1),
      (["key/\(lock)"], [], 1), (["key/\(lock)", "lock/\(lock)", "locks/a"], [lock], 4),
      // What a migration to the usual layout left.
      (["keys/\(lock)", "lock/\(lock)", "locks/a"], ["a"], 3), (["lock/\(lock)"], [lock], 4),
      // Something else's folder beside the repository's.
      (["keys/\(lock)", "lockers/x", "locks/a"], ["a"], 3),
    ] as [([String], [String], Int)])
  func layouts(_ keys: [String], _ names: [String], _ requestCount: Int) async throws {
    let server = try FaultServer(Self.bucket(keys.map { "pre/\($0)" }))
    let connection = try await connect(server)
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == names)
    #expect(server.requests.count == requestCount)
    _ = try await connection.storage.list(.locks, limit: 10)
    if requestCount < 4 { #expect(server.requests.count == requestCount + 1) }
    await connection.close()
    withExtendedLifetime(server) {}
  }

  @Test(
    "credentials that may list no more than the repository's own folders do", arguments: ["locks", "lock"])
  func narrowPermission(_ folder: String) async throws {
    let keys = ["pre/\(folder == "locks" ? "keys" : "key")/\(Self.lock)", "pre/\(folder)/\(Self.lock)"]
    let server = try FaultServer(Self.bucket(keys, forbidden: "pre/lock"))
    let connection = try await connect(server)
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [Self.lock])
    await connection.close()
    withExtendedLifetime(server) {}
  }

  @Test("a free repository costs one listing and one look at config")
  func requestCount() async throws {
    let server = try FaultServer { request, _ in
      request.method == "HEAD" ? [.answer(200, ["Content-Length": "155"])] : [Self.listing("")]
    }
    let result = try await ReslockBinary.run(
      ["status", "-r", "s3:http://127.0.0.1:\(server.port)/bucket/pre"], repository: nil,
      environment: Self.variables)
    #expect(result.exitCode == 0, "\(result.stderr)")
    #expect(server.requests.map(\.method).sorted() == ["GET", "HEAD"])
  }

  @Test(
    "a bucket that is not there, and one without a repository, end with exit 10; wrong keys say so",
    arguments: [true, false])
  func noRepository(_ isSwift: Bool) async throws {
    let (location, environment): (String, [String: String])
    let server: any Sendable
    if isSwift {
      let swift = try await SwiftServer()
      try await swift.run("s3.create_bucket(Bucket='bucket')")
      (location, environment, server) = (swift.location("bucket", ""), swift.environment, swift)
    } else {
      let moto = try await MotoServer()
      try await moto.run("s3.create_bucket(Bucket='bucket')")
      (location, environment, server) = (moto.location("bucket", ""), moto.environment, moto)
    }
    for place in [location + "elsewhere", location.replacingOccurrences(of: "/bucket", with: "/no-bucket")] {
      let result = try await ReslockBinary.run(
        ["status", "-r", place], repository: nil, environment: environment)
      #expect(result.exitCode == 10, "\(place): \(result.stdout)\(result.stderr)")
    }
    let wrong = try await ReslockBinary.run(
      ["status", "-r", location], repository: nil,
      environment: environment.merging(["AWS_SECRET_ACCESS_KEY": "wrongsecret"]) { $1 })
    #expect(wrong.exitCode == 1 && wrong.stderr.contains("AWS_SECRET_ACCESS_KEY"), "\(wrong.stderr)")
    #expect(!wrong.stderr.contains("wrongsecret"))
    withExtendedLifetime(server) {}
  }
}

import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import TestSupport
import Testing
import WallTime

/// What is sent to Keystone, held against what OpenStack's own library sends, and what is made of the answers.
@Suite struct SwiftLoginTests {
  /// A Keystone of both versions that lets everybody in, with its catalog leading back to itself.
  private static func identity(_ storage: @escaping @Sendable (FaultServer.Request) -> [FaultServer.Step])
    -> FaultServer.Handler
  {
    { request, _ in
      let place = "http://\(request.headers["host"] ?? "")"
      switch request.target {
      case "/v3/auth/tokens":
        return [
          .answer(
            201, ["X-Subject-Token": "the-token", "Content-Type": "application/json"],
            #"{"token": {"methods": ["password"], "expires_at": "2099-01-01T00:00:00.000000Z", "issued_at": "2020-01-01T00:00:00.000000Z", "user": {"id": "u", "name": "u", "domain": {"id": "d", "name": "d"}}, "catalog": [{"type": "object-store", "name": "swift", "endpoints": [{"id": "1", "interface": "public", "region": "far", "region_id": "far", "url": "http://127.0.0.1:9/far"}, {"id": "2", "interface": "internal", "region": "loop", "region_id": "loop", "url": "http://127.0.0.1:9/internal"}, {"id": "3", "interface": "public", "region": "loop", "region_id": "loop", "url": "\#(place)/v1/AUTH_p"}]}]}}"#
          )
        ]
      case "/v2.0/tokens":
        return [
          .answer(
            200, ["Content-Type": "application/json"],
            #"{"access": {"token": {"id": "the-token", "expires": "2099-01-01T00:00:00Z"}, "user": {"id": "u", "name": "u"}, "serviceCatalog": [{"type": "object-store", "name": "swift", "endpoints": [{"region": "far", "publicURL": "http://127.0.0.1:9/far"}, {"region": "loop", "internalURL": "http://127.0.0.1:9/internal", "publicURL": "\#(place)/v1/AUTH_p"}]}]}}"#
          )
        ]
      default: return storage(request)
      }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let variables: [String: String]
    /// The same login in OpenStack's own library.
    let library: String
    var testDescription: String { library }

    init(_ library: String, _ variables: [String: String]) {
      (self.library, self.variables) = (library, variables)
    }
  }

  private static let secret = #"p"a\ss ü"#
  private static let literal = #"'p"a\\ss ü'"#

  static let cases = [
    Case(
      "v3.Password(url + '/v3', username='u', password=\(literal), user_domain_name='D', project_name='p', project_domain_name='P')",
      [
        "OS_USERNAME": "u", "OS_PASSWORD": secret, "OS_USER_DOMAIN_NAME": "D", "OS_PROJECT_NAME": "p",
        "OS_PROJECT_DOMAIN_NAME": "P",
      ]),
    Case(
      "v3.Password(url + '/v3', user_id='i', password=\(literal), project_id='pi')",
      ["OS_USER_ID": "i", "OS_PASSWORD": secret, "OS_TENANT_ID": "pi", "OS_PROJECT_NAME": "ignored"]),
    Case(
      "v3.Password(url + '/v3', username='u', password='x', user_domain_id='di', project_name='p', project_domain_id='di')",
      ["OS_USERNAME": "u", "OS_PASSWORD": "x", "OS_USER_DOMAIN_ID": "di", "OS_TENANT_NAME": "p"]),
    Case(
      "v3.Password(url + '/v3', user_id='i', password='x', project_name='p', project_domain_name='Default')",
      ["OS_USER_ID": "i", "OS_PASSWORD": "x", "OS_PROJECT_NAME": "p"]),
    Case(
      "v3.Password(url + '/v3', username='u', password='x', user_domain_name='D', trust_id='t')",
      [
        "OS_USERNAME": "u", "OS_PASSWORD": "x", "OS_USER_DOMAIN_NAME": "D", "OS_TRUST_ID": "t",
        "OS_PROJECT_NAME": "p",
      ]),
    Case(
      "v3.ApplicationCredential(url + '/v3', application_credential_id='c', application_credential_secret=\(literal))",
      [
        "OS_APPLICATION_CREDENTIAL_ID": "c", "OS_APPLICATION_CREDENTIAL_SECRET": secret,
        "OS_PROJECT_NAME": "p", "OS_APPLICATION_CREDENTIAL_NAME": "ignored",
      ]),
    Case(
      "v3.ApplicationCredential(url + '/v3', application_credential_name='n', application_credential_secret='s', username='u', user_domain_id='di')",
      [
        "OS_APPLICATION_CREDENTIAL_NAME": "n", "OS_APPLICATION_CREDENTIAL_SECRET": "s", "OS_USERNAME": "u",
        "OS_USER_DOMAIN_ID": "di",
      ]),
    Case(
      "v3.Token(url + '/v3', token='tok', project_name='p', project_domain_name='Default')",
      ["OS_AUTH_TOKEN": "tok", "OS_PROJECT_NAME": "p"]),
    Case(
      "v2.Password(url + '/v2.0', username='u', password=\(literal), tenant_name='p')",
      ["OS_USERNAME": "u", "OS_PASSWORD": secret, "OS_TENANT_NAME": "p"]),
    Case(
      "v2.Password(url + '/v2.0', username='u', password='x', tenant_id='pi')",
      ["OS_USERNAME": "u", "OS_PASSWORD": "x", "OS_TENANT_ID": "pi"]),
  ]

  @Test(
    "a login says the same as that of OpenStack's own library, and leads to the same place", arguments: cases)
  func sameAsLibrary(_ login: Case) async throws {
    let server = try FaultServer(Self.identity { _ in [.answer(200, [:], "[]")] })
    let path = login.library.contains("v2.") ? "/v2.0" : "/v3"
    let variables = login.variables.merging([
      "OS_AUTH_URL": server.url + path, "OS_REGION_NAME": "loop",
    ]) { $1 }
    let connection = try await StorageConnector.testing("swift:container:/pre", variables).connect()
    #expect(try await connection.storage.list(.locks, limit: 9).isEmpty)
    await connection.close()
    let ours = server.requests
    #expect(ours.count == 2)
    let listing = try #require(ours.last)
    #expect(listing.target.hasPrefix("/v1/AUTH_p/container?format=json&prefix=pre%2Flock"))
    #expect(listing.headers["x-auth-token"] == "the-token")
    let script = """
      import sys
      from keystoneauth1 import session
      from keystoneauth1.identity import v2, v3
      url = sys.argv[1]
      login = \(login.library)
      print(session.Session(auth=login).get_endpoint(service_type='object-store', interface='public',
                                                     region_name='loop', skip_discovery=True))
      """
    let library = try await ChildProcess.run(try Peer.path("python/bin/python"), ["-c", script, server.url])
    #expect(library.stdout == "\(server.url)/v1/AUTH_p\n", "\(library.stderr.suffix(500))")
    let theirs = try #require(server.requests.dropFirst(2).last { $0.method == "POST" })
    #expect(theirs.target == ours.first?.target)
    #expect(try json(theirs.body) == json(ours.first?.body ?? []))
  }

  private func json(_ bytes: [UInt8]) throws -> NSObject {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSObject)
  }

  @Test("logins that can't work are refused before anything is sent")
  func unusable() async throws {
    func refusal(_ variables: [String: String]) async throws -> String {
      do {
        try await StorageConnector.testing("swift:container:/pre", variables).connect().close()
      } catch let error as TransportError {
        return "\(error.description) | \(error.hint)"
      }
      return ""
    }
    #expect(try await refusal([:]).contains("no login"))
    #expect(try await refusal(["OS_STORAGE_URL": "https://x/v1/A"]).contains("no login"))
    #expect(try await refusal(["OS_AUTH_URL": "https://x/v3"]).contains("no user"))
    #expect(
      try await refusal(["OS_AUTH_URL": "https://x/v3", "OS_APPLICATION_CREDENTIAL_ID": "i"]).contains(
        "no user"))
    #expect(
      try await refusal(["OS_AUTH_URL": "https://x/identity", "OS_PASSWORD": "p"]).contains("which version"))
    #expect(try await refusal(["OS_AUTH_URL": "ftp://x/v3", "OS_PASSWORD": "p"]).contains("can't be used"))
    #expect(try await refusal(["OS_STORAGE_URL": "x", "OS_AUTH_TOKEN": "t"]).contains("OS_STORAGE_URL"))
    #expect(
      try await refusal(["OS_STORAGE_URL": "http://x", "OS_AUTH_TOKEN": "a b"]).contains("OS_AUTH_TOKEN"))
    #expect(try await refusal(["ST_AUTH": "http://x/auth/v1.0", "ST_KEY": "k"]).contains("no user"))
  }

  private func failure(
    _ steps: @escaping FaultServer.Handler, _ more: [String: String] = [:],
    _ ask: (StorageConnection) async throws -> Void = {
      _ = try await $0.storage.read(.lock("a"), byteLimit: 9)
    }
  ) async throws -> (StorageError, [FaultServer.Request]) {
    let server = try FaultServer(steps)
    let variables = [
      "OS_AUTH_URL": "\(server.url)/v3", "OS_USERNAME": "u", "OS_PASSWORD": "hush", "OS_PROJECT_NAME": "p",
      "OS_REGION_NAME": "loop",
    ].merging(more) { $1 }
    let connection = try await StorageConnector.testing("swift:container:/pre", variables) {
      $0.retries = false
    }.connect()
    do {
      try await ask(connection)
    } catch let error as StorageError {
      await connection.close()
      #expect(!"\(error)".contains("hush") && !"\(error)".contains("the-token"), "\(error)")
      return (error, server.requests)
    }
    await connection.close()
    throw ServerError(description: "nothing failed")
  }

  @Test(
    "each refusal of the storage has its class",
    arguments: [
      (401, StorageError.Class.notAllowed, "token"), (403, .notAllowed, "role"), (404, .notFound, ""),
      (412, .alreadyExists, ""), (429, .transient, ""), (498, .transient, "498"), (503, .transient, ""),
      (301, .permanent, "elsewhere"), (507, .permanent, "507"),
    ])
  func refusals(_ status: Int, _ kind: StorageError.Class, _ words: String) async throws {
    let (error, requests) = try await failure(
      Self.identity { _ in [.answer(status, ["Location": "http://127.0.0.1:9/x"], "hush")] })
    #expect(error.kind == kind && (words.isEmpty || error.description.contains(words)), "\(error)")
    // What is refused for its token is asked again with a new one, once.
    #expect(requests.count == (status == 401 ? 4 : 2))
  }

  @Test(
    "each refusal of a login has its class, and no wrong password is sent twice",
    arguments: [
      (401, StorageError.Class.notAllowed, "OS_"), (403, .notAllowed, "OS_"),
      (404, .permanent, "OS_AUTH_URL"),
      (400, .permanent, "project"), (503, .transient, "503"), (300, .permanent, "300"),
      (302, .permanent, "elsewhere"),
    ])
  func loginRefusals(_ status: Int, _ kind: StorageError.Class, _ words: String) async throws {
    let (error, requests) = try await failure(
      { _, _ in [.answer(status, ["Location": "http://127.0.0.1:9/x"], "hush")] }, [:]
    ) { connection in
      async let listing = connection.storage.list(.locks, limit: 9)
      async let look = connection.storage.stat(.config)
      let (listed, looked) = (try? await listing, try? await look)
      #expect(listed == nil && looked == nil)
      _ = try await connection.storage.read(.lock("a"), byteLimit: 9)
    }
    #expect(error.kind == kind && error.description.contains(words), "\(error)")
    if kind == .notAllowed { #expect(requests.count == 1) }
  }

  @Test(
    "answers to a login that lead nowhere are refused",
    arguments: ["", "{}", "[", #"{"token": {"catalog": [{"type": "object-store", "endpoints": []}]}}"#])
  func nowhere(_ body: String) async throws {
    let (error, _) = try await failure({ _, _ in [.answer(201, ["X-Subject-Token": "the-token"], body)] })
    #expect(error.kind == .permanent && error.description.contains("OS_REGION_NAME"), "\(error)")
    let (unnamed, _) = try await failure({ _, _ in [.answer(201, [:], body)] })
    #expect(unnamed.kind == .permanent && unnamed.description.contains("no token"), "\(unnamed)")
  }

  @Test(
    "listings that are none, that leave the folder or go round in circles are refused",
    arguments: [
      "", "{}", "[1]", "[", #"[{"name": "pre/locks/a"}]"#, #"[{"name": "pre/locks/a", "bytes": -1}]"#,
      #"[{"name": "other/a", "bytes": 1}]"#, #"[{"subdir": "other/"}]"#, "[] []",
      #"[{"name": "pre/locks/b", "bytes": 1}, {"name": "pre/locks/a", "bytes": 1}]"#,
      #"[{"name": "pre/locks/a", "bytes": 1}]"#,
    ])
  func listings(_ body: String) async throws {
    let (error, _) = try await failure(Self.identity { _ in [.answer(200, [:], body)] }) {
      _ = try await $0.storage.list(.locks, limit: 9)
    }
    #expect(error.kind == .permanent, "\(error)")
  }

  @Test("pages without end are cut off at the limit of entries")
  func endlessPages() async throws {
    let (error, _) = try await failure(
      Self.identity { request in
        let marker = URLComponents(string: request.target)?.queryItems?.first { $0.name == "marker" }?.value
        return [.answer(200, [:], #"[{"name": "\#(marker ?? "pre/locks/")a", "bytes": 1}]"#)]
      }
    ) { _ = try await $0.storage.list(.locks, limit: 100) }
    #expect(error.kind == .permanent && error.description.contains("more than 100"), "\(error)")
  }

  @Test("what is put back is written only where nothing is, by the service's own decision")
  func precondition() async throws {
    let name = try #require(LockFileName(String(repeating: "8a", count: 32)))
    let (error, requests) = try await failure(
      Self.identity { $0.method == "PUT" ? [.answer(412)] : [.answer(200, [:], "[]")] }
    ) { try await $0.lockRemoval().restoreLock(name, content: [7], modified: nil) }
    #expect(error.kind == .alreadyExists)
    let put = try #require(requests.last)
    #expect(put.target == "/v1/AUTH_p/container/pre/locks/\(name.text)" && put.body == [7])
    #expect(put.headers["if-none-match"] == "*")
  }

  @Test(
    "times are those of the object, to the fraction of a second; a free repository costs two requests and a login"
  )
  func times() async throws {
    let server = try FaultServer(
      Self.identity { request in
        request.method == "HEAD"
          ? [.answer(200, ["Content-Length": "155", "X-Timestamp": "1795524998.04893"])]
          : [
            .answer(
              200, [:],
              request.target.contains("marker=") || request.target.contains("keys")
                ? "[]"
                : #"[{"name": "pre/locks/a", "bytes": 3, "last_modified": "2026-11-22T19:54:01.250000"}]"#)
          ]
      })
    let variables = [
      "OS_AUTH_URL": "\(server.url)/v3", "OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "p",
      "OS_REGION_NAME": "loop",
    ]
    let connection = try await StorageConnector.testing("swift:container:/pre", variables).connect()
    #expect(try await connection.storage.stat(.config).modified?.rfc3339 == "2026-11-24T12:56:38.04893Z")
    let entries = try await connection.storage.list(.locks, limit: 9)
    #expect(entries.map { $0.modified?.rfc3339 } == ["2026-11-22T19:54:01.25Z"])
    await connection.close()
    let free = try FaultServer(
      Self.identity { $0.method == "HEAD" ? [.answer(200, ["Content-Length": "155"])] : [.answer(204)] })
    let result = try await ReslockBinary.run(
      ["status", "-r", "swift:container:/pre"], repository: nil,
      environment: variables.merging(["OS_AUTH_URL": "\(free.url)/v3"]) { $1 })
    #expect(result.exitCode == 0, "\(result.stderr)")
    #expect(free.requests.map(\.method).sorted() == ["GET", "HEAD", "POST"])
  }
}

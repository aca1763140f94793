import BackendServers
import Foundation
import ResticStorage
import StorageContract
import StorageHTTP
import TestSupport
import Testing

/// A service that gives what Backblaze B2 never would.
@Suite struct B2HostileTests {
  private static let key = "K003mvexampleexamplekey"

  private static func authorization(_ port: UInt16, _ more: String = "") -> String {
    #"{"accountId": "a", "authorizationToken": "token-1", "apiInfo": {"storageApi": {"#
      + #""apiUrl": "http://127.0.0.1:\#(port)", "downloadUrl": "http://127.0.0.1:\#(port)","#
      + #""allowed": {"buckets": [{"id": "b1", "name": "bucket-one"}], "capabilities": ["listFiles"]}\#(more)}}}"#
  }

  private func connect(_ server: FaultServer, usesTLS: Bool = false) throws -> StorageConnection {
    guard case .b2(let bucket) = try RepositoryLocation(parsing: "b2:bucket-one:pre") else {
      throw ServerError(description: "no location of B2")
    }
    var settings = TransportSettings()
    settings.retries = false
    return try B2Backend(
      bucket,
      BackendInputs(
        options: [:], settings: settings,
        environment: StorageEnvironment(
          variable: { ["B2_ACCOUNT_ID": "id", "B2_ACCOUNT_KEY": Self.key][$0] }, file: { _ in nil }))
    ).connect(authorizingAt: .tcp(usesTLS: usesTLS, host: "127.0.0.1", port: server.port))
  }

  /// A server that authorises, and answers everything else with `step`.
  private func server(_ step: @escaping @Sendable (FaultServer.Request, Int) -> FaultServer.Step) throws
    -> FaultServer
  {
    try FaultServer { request, count in
      guard request.target.hasSuffix("b2_authorize_account") else { return [step(request, count)] }
      let port = request.headers["host"].flatMap { UInt16($0.split(separator: ":").last ?? "") } ?? 0
      return [.answer(200, [:], Self.authorization(port))]
    }
  }

  private func listing(_ server: FaultServer) async throws -> StorageError? {
    let connection = try connect(server)
    var failure: StorageError?
    do throws(StorageError) {
      _ = try await connection.storage.list(.locks, limit: 100)
    } catch {
      failure = error
    }
    await connection.close()
    withExtendedLifetime(server) {}
    return failure
  }

  @Test(
    "authorisations that are none are refused",
    arguments: [
      "", "{}", "[]", "null", #"{"accountId": 1}"#, String(repeating: #"{"apiInfo":"#, count: 1000),
      #"{"accountId": "a", "authorizationToken": "t\n", "apiUrl": "http://h", "downloadUrl": "http://h"}"#,
      #"{"accountId": "a", "authorizationToken": "t", "apiUrl": "file:///etc", "downloadUrl": "http://h"}"#,
      #"{"accountId": "a", "authorizationToken": "t", "apiUrl": "http://u:p@h", "downloadUrl": "http://h"}"#,
    ])
  func authorizations(_ body: String) async throws {
    let failure = try await listing(try FaultServer { _, _ in [.answer(200, [:], body)] })
    #expect(failure?.kind == .permanent, "\(String(describing: failure))")
  }

  @Test(
    "listings that are none, or of something else, are refused",
    arguments: [
      "", "{}", #"{"files": {}}"#, #"{"files": [1]}"#, #"{"files": [{"fileName": "pre/locks/a"}]}"#,
      #"{"files": [{"fileName": "pre/locks/a", "action": "upload", "contentLength": -1}]}"#,
      #"{"files": [{"fileName": "elsewhere", "action": "upload", "contentLength": 1}]}"#,
      #"{"files": []} x"#, #"{"files": [], "nextFileName": "pre/locks/a"}"#,
      #"{"files": [{"fileName": "pre/locks/a", "action": "upload", "contentLength": 99999999999999999999}]}"#,
    ])
  func listings(_ body: String) async throws {
    let failure = try await listing(try server { _, _ in .answer(200, [:], body) })
    #expect(failure?.kind == .permanent, "\(String(describing: failure))")
  }

  @Test("pages without end are cut off at the limit of entries")
  func endlessPages() async throws {
    let failure = try await listing(
      try server { _, count in
        .answer(
          200, [:],
          #"{"files": [{"fileName": "pre/locks/sub/\#(count)", "action": "upload", "contentLength": 1}], "#
            + #""nextFileName": "pre/locks/sub/\#(count)x"}"#)
      })
    #expect(failure?.kind == .permanent && failure?.description.contains("more than 100") == true)
  }

  @Test("a token that is never good enough ends after a second one")
  func endlessTokens() async throws {
    let server = try server { _, _ in .answer(401, [:], #"{"code": "expired_auth_token"}"#) }
    let failure = try await listing(server)
    #expect(failure?.kind == .notAllowed)
    // The wider listing, and then those of both layouts' keys, each with one more try.
    #expect(server.requests.count <= 16, "\(server.requests.count)")
  }

  @Test(
    "redirects carry no token elsewhere, and neither key nor token nor the service's words show in an error")
  func secrets() async throws {
    let elsewhere = try FaultServer { _, _ in [.answer(200, [:], #"{"files": []}"#)] }
    let failures = [
      try await listing(
        try server { _, _ in .answer(307, ["Location": "\(elsewhere.url)/b2api?token=token-1"]) }),
      try await listing(
        try server { request, _ in
          .answer(
            400, [:], #"{"code": "\#(Self.key)", "message": "\#(request.headers["authorization"] ?? "")"}"#)
        }),
      try await listing(
        try FaultServer { request, _ in
          [.answer(403, [:], #"{"code": "x", "message": "\#(request.headers["authorization"] ?? "")"}"#)]
        }),
    ]
    #expect(elsewhere.requests.isEmpty)
    for failure in failures {
      let text = try #require(failure).description
      #expect(!text.contains(Self.key) && !text.contains("token-1") && !text.contains("Basic"), "\(text)")
    }
  }

  @Test("a lock that is larger than its listing said is not read beyond the limit")
  func largeBodies() async throws {
    let server = try server { _, _ in .answer(200, [:], String(repeating: "x", count: 100_000)) }
    let connection = try connect(server)
    await expect(.tooLarge) { _ = try await connection.storage.read(.config, byteLimit: 4096) }
    await connection.close()
    withExtendedLifetime(server) {}
  }
}

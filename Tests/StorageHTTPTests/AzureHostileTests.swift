import BackendServers
import Foundation
import ResticStorage
import StorageContract
import StorageHTTP
import TestSupport
import Testing
import WallTime

/// A service that gives what Azure never would.
@Suite struct AzureHostileTests {
  private static let key = Data("a key that nobody may see".utf8).base64EncodedString()

  static func listing(_ blobs: String, more: String = "") -> String {
    "<?xml version=\"1.0\"?><EnumerationResults><Blobs>\(blobs)</Blobs>\(more)</EnumerationResults>"
  }

  static func blob(_ name: String, _ more: String = "<Content-Length>1</Content-Length>", _ mark: String = "")
    -> String
  {
    "<Blob><Name>\(name)</Name>\(mark)<Properties>\(more)</Properties></Blob>"
  }

  static func connect(
    _ server: FaultServer, _ variables: [String: String] = [:], options: [String: String] = [:]
  ) throws -> StorageConnection {
    guard case .azure(let container) = try RepositoryLocation(parsing: "azure:cont:/pre") else {
      throw ServerError(description: "no location of Azure")
    }
    var settings = TransportSettings()
    settings.retries = false
    let all = ["AZURE_ACCOUNT_NAME": "account0", "AZURE_ACCOUNT_KEY": key].merging(variables) { $1 }
    let own = HTTPOrigin.tcp(usesTLS: false, host: "127.0.0.1", port: server.port)
    return try AzureBackend(
      container,
      BackendInputs(
        options: options, settings: settings,
        environment: StorageEnvironment(variable: { all[$0] }, file: { _ in nil }))
    ).connect(at: own, metadata: own)
  }

  private func failure(_ server: FaultServer, _ variables: [String: String] = [:]) async throws
    -> StorageError?
  {
    let connection = try Self.connect(server, variables)
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
    "listings that are none, or of something else, are refused",
    arguments: [
      "", "<html></html>", "<EnumerationResults>", listing("<Blob></Blob>"),
      "<!DOCTYPE x [<!ENTITY a \"b\">]><EnumerationResults></EnumerationResults>", listing(blob("elsewhere")),
      listing(blob("pre/locks/a", "")), listing(blob("pre/locks/a", "<Content-Length>-1</Content-Length>")),
      listing("", more: "<NextMarker>m</NextMarker>"), String(repeating: "<a>", count: 1000),
    ])
  func listings(_ body: String) async throws {
    let failure = try await failure(try FaultServer { _, _ in [.answer(200, [:], body)] })
    #expect(failure?.kind == .permanent, "\(String(describing: failure))")
  }

  @Test("pages without end are cut off at the limit of entries")
  func endlessPages() async throws {
    let failure = try await failure(
      try FaultServer { _, count in
        [
          .answer(
            200, [:],
            Self.listing(Self.blob("pre/locks/sub/\(count)"), more: "<NextMarker>\(count)</NextMarker>"))
        ]
      })
    #expect(failure?.kind == .permanent && failure?.description.contains("more than 100") == true)
  }

  @Test("snapshots and what was deleted are no files, folders are, and times are read")
  func entries() async throws {
    let time =
      "<Last-Modified>Tue, 24 Nov 2026 13:00:01 GMT</Last-Modified><Content-Length>7</Content-Length>"
    let server = try FaultServer { _, _ in
      [
        .answer(
          200, [:],
          "\u{feff}"
            + Self.listing(
              Self.blob("pre/locks/a &amp; b", time)
                + Self.blob("pre/locks/old", time, "<Snapshot>2026</Snapshot>")
                + Self.blob("pre/locks/gone", time, "<Deleted>true</Deleted>")
                + Self.blob("pre/locks/sub/x", time)))
      ]
    }
    let connection = try Self.connect(server)
    let entries = try await connection.storage.list(.locks, limit: 10)
    #expect(entries.map(\.name) == ["a & b", "sub"] && entries.map(\.kind) == [.regular, .directory])
    #expect(entries.first?.modified?.rfc3339 == "2026-11-24T13:00:01Z" && entries.first?.byteCount == 7)
    await connection.close()
  }

  @Test("redirects carry no credentials elsewhere, and no secret nor the service's words show in an error")
  func secrets() async throws {
    let elsewhere = try FaultServer { _, _ in [.answer(200, [:], Self.listing(""))] }
    let signature = ["AZURE_ACCOUNT_KEY": "", "AZURE_ACCOUNT_SAS": "sv=1&sig=nobodymayseethis"]
    for variables in [[:], signature] {
      let failures = [
        try await failure(
          try FaultServer { request, _ in [.answer(307, ["Location": elsewhere.url + request.target])] },
          variables),
        try await failure(
          try FaultServer { request, _ in
            let said = "\(request.target) \(request.headers["authorization"] ?? "")"
            return [
              .answer(
                400, ["x-ms-error-code": said],
                "<Error><Code>\(said.replacing("&", with: "&amp;"))</Code></Error>")
            ]
          }, variables),
      ]
      for failure in failures {
        let text = try #require(failure).description
        #expect(
          !text.contains(Self.key) && !text.contains("nobodymayseethis") && !text.contains("SharedKey"),
          "\(text)")
      }
    }
    #expect(elsewhere.requests.isEmpty)
  }

  @Test("a lock is looked for where the keys say that the locks are")
  func layouts() async throws {
    let lock = String(repeating: "8a", count: 32)
    let server = try FaultServer { request, _ in
      let prefix =
        URLComponents(string: request.target)?.queryItems?.first { $0.name == "prefix" }?.value ?? ""
      let keys = ["pre/key/\(lock)", "pre/lock/\(lock)", "pre/locks/stray"].filter { $0.hasPrefix(prefix) }
      return [.answer(200, [:], Self.listing(keys.map { Self.blob($0) }.joined()))]
    }
    let connection = try Self.connect(server)
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [lock])
    await connection.close()
    withExtendedLifetime(server) {}
  }

  @Test("a lock that is larger than its listing said is not read beyond the limit")
  func largeBodies() async throws {
    let server = try FaultServer { _, _ in [.answer(200, [:], String(repeating: "x", count: 100_000))] }
    let connection = try Self.connect(server)
    await expect(.tooLarge) { _ = try await connection.storage.read(.config, byteLimit: 4096) }
    await connection.close()
    withExtendedLifetime(server) {}
  }
}

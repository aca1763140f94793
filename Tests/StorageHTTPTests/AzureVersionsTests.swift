import BackendServers
import Foundation
import ResticStorage
import StorageHTTP
import TestSupport
import Testing
import WallTime

/// Blob versions as Microsoft documents them; no server that can be had here keeps any.
@Suite struct AzureVersionsTests {
  private static let lock = String(repeating: "8a", count: 32)

  private static func blob(_ name: String, _ more: String = "") -> String {
    "<Blob><Name>\(name)</Name>\(more)<Properties><Last-Modified>Sun, 22 Nov 2026 19:54:01 GMT</Last-Modified>"
      + "<Content-Length>155</Content-Length></Properties></Blob>"
  }

  private static func listing(_ blobs: String, next: String = "") -> String {
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>\(blobs)</Blobs>"
      + "<NextMarker>\(next)</NextMarker></EnumerationResults>"
  }

  /// A repository of the usual layout, of whose container `versions` answers each question for versions.
  private func ask<Value: Sendable>(
    _ versions: @escaping @Sendable (_ items: [String: String]) -> String,
    _ body: (any LockVersionHistory) async throws -> Value
  ) async throws -> VersionsAnswer<Value> {
    let key = String(repeating: "9b", count: 32)
    let server = try FaultServer { request, _ in
      let items = FaultServer.query(of: request.target)
      let isOfPast = items["include"] == "versions" || items["versionid"] != nil
      return [.answer(200, [:], isOfPast ? versions(items) : Self.listing(Self.blob("pre/keys/\(key)")))]
    }
    let connection = try Self.connect(server.port)
    return try await server.versions(over: connection, body)
  }

  private static func connect(_ port: UInt16) throws -> StorageConnection {
    guard case .azure(let container) = try RepositoryLocation(parsing: "azure:cont:/pre") else {
      throw ServerError(description: "no location of Azure")
    }
    var settings = TransportSettings()
    settings.retries = false
    let variables = ["AZURE_ACCOUNT_NAME": "account0", "AZURE_ACCOUNT_KEY": "a2V5"]
    let own = HTTPOrigin.tcp(usesTLS: false, host: "127.0.0.1", port: port)
    return try AzureBackend(
      container,
      BackendInputs(
        options: [:], settings: settings,
        environment: StorageEnvironment(variable: { variables[$0] }, file: { _ in nil }))
    ).connect(at: own, metadata: own)
  }

  @Test("come page by page, without snapshots and what is deleted softly")
  func pages() async throws {
    let name = "pre/locks/\(Self.lock)"
    let (result, targets) = try await ask({ items in
      items["marker"] == nil
        ? Self.listing(
          Self.blob(name, "<VersionId>2026-11-22T19:54:01.0000000Z</VersionId>")
            + Self.blob(name, "<Snapshot>2026-11-22T19:55:00.0000000Z</Snapshot>"), next: "more")
        : Self.listing(
          Self.blob(name, "<VersionId>v2</VersionId><IsCurrentVersion>true</IsCurrentVersion>")
            + Self.blob("pre/locks/sub/x", "<VersionId>v3</VersionId>")
            + Self.blob(name, "<Deleted>true</Deleted>"))
    }) { try await $0.lockVersions(limit: 10) }
    let versions = try result.get()
    #expect(versions.map(\.versionID) == ["2026-11-22T19:54:01.0000000Z", "v2"])
    #expect(versions.map(\.isCurrent) == [false, true] && versions.allSatisfy { $0.name == Self.lock })
    #expect(versions.allSatisfy { $0.time == UnixTime(seconds: 1_795_377_241) && $0.byteCount == 155 })
    #expect(targets.last?.contains("marker=more") == true)
  }

  @Test("of a container that keeps none are what is there now")
  func unversioned() async throws {
    let (result, _) = try await ask({ _ in Self.listing(Self.blob("pre/locks/\(Self.lock)")) }) {
      #expect(!$0.keepsWholePast)
      return try await $0.lockVersions(limit: 10)
    }
    #expect(try result.get().map(\.isCurrent) == [true])
  }

  @Test(
    "that no service can mean are refused",
    arguments: [
      "", "<EnumerationResults>", "<EnumerationResults><Blobs><Blob/></Blobs></EnumerationResults>",
      listing(blob("config", "<VersionId>v</VersionId>")),
    ])
  func hostile(_ body: String) async throws {
    let (result, _) = try await ask({ _ in body }) { try await $0.lockVersions(limit: 10) }
    guard case .failure(let error) = result else {
      Issue.record("it was believed")
      return
    }
    #expect(error.kind == .permanent, "\(error)")
  }

  @Test("are read by their own ID")
  func reads() async throws {
    let version = LockVersion(
      name: Self.lock, versionID: "2026-11-22T19:54:01.0000000Z", byteCount: 4, time: UnixTime(seconds: 0),
      isDeletion: false, isCurrent: false)
    let (result, targets) = try await ask({ _ in "past" }) { try await $0.read(version, byteLimit: 10) }
    #expect(try result.get() == Array("past".utf8))
    #expect(targets.last?.contains("versionid=2026-11-22T19%3A54%3A01.0000000Z") == true, "\(targets)")
  }
}

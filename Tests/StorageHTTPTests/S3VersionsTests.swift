import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import TestSupport
import Testing
import WallTime

/// Past versions of locks as S3 services list them, honestly and otherwise.
@Suite struct S3VersionsTests {
  private static let lock = String(repeating: "8a", count: 32)

  private static func page(_ inside: String) -> FaultServer.Step {
    .answer(200, [:], "<?xml version=\"1.0\"?><ListVersionsResult>\(inside)</ListVersionsResult>")
  }

  private static func version(_ name: String, _ id: String, isDeletion: Bool = false, more: String = "")
    -> String
  {
    let element = isDeletion ? "DeleteMarker" : "Version"
    let size = isDeletion ? "" : "<Size>155</Size>"
    return "<\(element)><Key>pre/locks/\(name)</Key><VersionId>\(id)</VersionId>\(size)"
      + "<LastModified>2026-11-22T19:54:01.250Z</LastModified>\(more)</\(element)>"
  }

  /// A repository of the usual layout, of whose bucket `versions` answers each question for versions.
  private func ask<Value: Sendable>(
    _ versions: @escaping @Sendable (_ items: [String: String], _ number: Int) -> FaultServer.Step,
    _ body: (any LockVersionHistory) async throws -> Value
  ) async throws -> VersionsAnswer<Value> {
    let key = String(repeating: "9b", count: 32)
    let server = try FaultServer { request, number in
      let values = FaultServer.query(of: request.target)
      if values["list-type"] != nil {
        return [
          .answer(
            200, [:],
            "<ListBucketResult><Contents><Key>pre/keys/\(key)</Key><Size>1</Size></Contents></ListBucketResult>"
          )
        ]
      }
      return [versions(values, number)]
    }
    let connection = try await StorageConnector.testing(
      "s3:http://127.0.0.1:\(server.port)/bucket/pre",
      ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"], options: []
    ) { $0.retries = false }.connect()
    return try await server.versions(over: connection, body)
  }

  @Test("come page by page, each with who wrote or deleted it and when")
  func pages() async throws {
    let (result, targets) = try await ask({ items, _ in
      switch items["key-marker"] {
      case nil:
        Self.page(
          "<IsTruncated>true</IsTruncated><NextKeyMarker>pre/locks/\(Self.lock)</NextKeyMarker>"
            + "<NextVersionIdMarker>v+2</NextVersionIdMarker>"
            + Self.version(
              Self.lock, "v+2", isDeletion: true,
              more: "<IsLatest>true</IsLatest><Owner><ID>75aa</ID><DisplayName>ops</DisplayName></Owner>"))
      case "pre/locks/\(Self.lock)":
        Self.page(
          Self.version(Self.lock, "v1", more: "<Owner><ID>75aa</ID></Owner>") + Self.version("", "v0")
            + Self.version("sub/x", "v0"))
      default: .answer(500, [:], "")
      }
    }) { try await $0.lockVersions(limit: 10) }
    let time = try #require(UnixTime(seconds: 1_795_377_241, nanoseconds: 250_000_000) as UnixTime?)
    #expect(
      try result.get() == [
        LockVersion(
          name: Self.lock, versionID: "v+2", byteCount: 0, time: time, isDeletion: true, isCurrent: true,
          actor: "ops"),
        LockVersion(
          name: Self.lock, versionID: "v1", byteCount: 155, time: time, isDeletion: false, isCurrent: false,
          actor: "75aa"),
      ])
    #expect(targets.last?.contains("version-id-marker=v%2B2") == true)
    #expect(!targets.contains { $0.contains("versioning") })
  }

  @Test(
    "of a bucket that shows no past are told apart by whether it keeps one",
    arguments: [("Enabled", true), ("Suspended", true), ("", false)])
  func versioning(_ status: String, _ isKept: Bool) async throws {
    let inside = Self.version(Self.lock, "null", more: "<IsLatest>true</IsLatest>")
    let (result, _) = try await ask({ items, _ in
      items["versioning"] == nil
        ? Self.page(inside)
        : .answer(
          200, [:],
          "<VersioningConfiguration>\(status.isEmpty ? "" : "<Status>\(status)</Status>")</VersioningConfiguration>"
        )
    }) { try await $0.lockVersions(limit: 10) }
    switch result {
    case .success(let versions): #expect(isKept && versions.map(\.versionID) == ["null"])
    case .failure(let error): #expect(!isKept && error.kind == .notFound, "\(error)")
    }
  }

  @Test(
    "that no service can mean are refused, and end",
    arguments: [
      ("<IsTruncated>true</IsTruncated>", "not where"),
      ("<IsTruncated>true</IsTruncated><NextKeyMarker>pre/locks/a</NextKeyMarker>", "not where"),
      ("<Version><Key>pre/config</Key></Version>", "no listing of versions"),
      (
        "<Version><Key>pre/locks/a</Key><VersionId>v</VersionId><Size>1</Size></Version>",
        "no listing of versions"
      ),
      ("<Version><Key>pre/locks/a</Key>", "no listing of versions"),
    ])
  func hostile(_ inside: String, _ reason: String) async throws {
    let (result, targets) = try await ask({ _, _ in Self.page(inside) }) {
      try await $0.lockVersions(limit: 10)
    }
    guard case .failure(let error) = result else {
      Issue.record("it was believed")
      return
    }
    #expect(error.kind == .permanent && error.description.contains(reason), "\(error)")
    #expect(targets.count < 6)
  }

  @Test("more than wanted are refused")
  func tooMany() async throws {
    let inside = (0..<11).map { Self.version(Self.lock, "v\($0)") }.joined()
    let (result, _) = try await ask({ _, _ in Self.page(inside) }) { try await $0.lockVersions(limit: 10) }
    guard case .failure(let error) = result else {
      Issue.record("it was believed")
      return
    }
    #expect(error.description.contains("more than 10 versions"))
  }

  @Test("are read by their own ID")
  func reads() async throws {
    let version = LockVersion(
      name: Self.lock, versionID: "a/b+c", byteCount: 4, time: UnixTime(seconds: 0), isDeletion: false,
      isCurrent: false)
    let (result, targets) = try await ask({ _, _ in .answer(200, [:], "past") }) {
      try await $0.read(version, byteLimit: 10)
    }
    #expect(try result.get() == Array("past".utf8))
    #expect(targets.last == "/bucket/pre/locks/\(Self.lock)?versionId=a%2Fb%2Bc")
  }
}

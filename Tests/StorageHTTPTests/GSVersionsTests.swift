import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import TestSupport
import Testing
import WallTime

/// Object versions as Google documents them; no emulator that can be had here keeps any.
@Suite struct GSVersionsTests {
  private static let lock = String(repeating: "8a", count: 32)

  private static func item(_ name: String, _ generation: Int, deleted: String? = nil) -> String {
    let end = deleted.map { #", "timeDeleted": "\#($0)""# } ?? ""
    return #"{"name": "\#(name)", "generation": "\#(generation)", "size": "155", "#
      + #""timeCreated": "2026-11-22T19:54:01.250Z"\#(end)}"#
  }

  /// A repository of the usual layout, of whose bucket `versions` answers each question for versions.
  private func ask<Value: Sendable>(
    _ versions: @escaping @Sendable (_ items: [String: String]) -> String, isVersioned: Bool = true,
    _ body: (any LockVersionHistory) async throws -> Value
  ) async throws -> VersionsAnswer<Value> {
    let key = String(repeating: "9b", count: 32)
    let server = try FaultServer { request, _ in
      let items = FaultServer.query(of: request.target)
      if items["versions"] != nil || items["generation"] != nil {
        return [.answer(200, [:], versions(items))]
      }
      if request.target.prefix(while: { $0 != "?" }) == "/storage/v1/b/bucket" {
        return [.answer(200, [:], isVersioned ? #"{"versioning": {"enabled": true}}"# : "{}")]
      }
      return [.answer(200, [:], #"{"items": [{"name": "pre/keys/\#(key)", "size": "1"}]}"#)]
    }
    let connection = try await StorageConnector.testing(
      "gs:bucket:/pre", ["STORAGE_EMULATOR_HOST": server.url, "GOOGLE_ACCESS_TOKEN": "token"]
    ) { $0.retries = false }.connect()
    return try await server.versions(over: connection, body)
  }

  @Test("come page by page, each deleted one with the time of its deletion")
  func pages() async throws {
    let (result, _) = try await ask({ items in
      items["pageToken"] == nil
        ? #"{"nextPageToken": "more", "items": ["#
          + Self.item("pre/locks/\(Self.lock)", 1, deleted: "2026-11-22T19:59:01Z") + "]}"
        : #"{"items": ["# + Self.item("pre/locks/\(Self.lock)", 2) + "," + Self.item("pre/locks/sub/x", 3)
          + "]}"
    }) { try await $0.lockVersions(limit: 10) }
    let written = UnixTime(seconds: 1_795_377_241, nanoseconds: 250_000_000)
    func version(_ id: String, _ time: UnixTime, isDeletion: Bool = false, isCurrent: Bool = false)
      -> LockVersion
    {
      LockVersion(
        name: Self.lock, versionID: id, byteCount: isDeletion ? 0 : 155, time: time, isDeletion: isDeletion,
        isCurrent: isCurrent)
    }
    #expect(
      try result.get() == [
        version("1", written), version("1", UnixTime(seconds: 1_795_377_541), isDeletion: true),
        version("2", written, isCurrent: true),
      ])
  }

  @Test("of a bucket that shows no past are told apart by whether it keeps one", arguments: [true, false])
  func versioning(_ isKept: Bool) async throws {
    let (result, _) = try await ask(
      { _ in #"{"items": ["# + Self.item("pre/locks/\(Self.lock)", 2) + "]}" }, isVersioned: isKept
    ) { try await $0.lockVersions(limit: 10) }
    switch result {
    case .success(let versions): #expect(isKept && versions.count == 1)
    case .failure(let error): #expect(!isKept && error.kind == .notFound, "\(error)")
    }
  }

  @Test(
    "that no service can mean are refused",
    arguments: [
      "[]", "{\"items\": 1}", "{\"items\": [{}]}", "{\"items\": [", #"{"nextPageToken": ""}"#,
      "{\"items\": [" + item("config", 1) + "]}",
    ])
  func hostile(_ body: String) async throws {
    let (result, targets) = try await ask({ _ in body }) { try await $0.lockVersions(limit: 10) }
    guard case .failure(let error) = result else {
      Issue.record("it was believed")
      return
    }
    #expect(error.kind == .permanent && targets.count < 6, "\(error)")
  }

  @Test("are read by their generation")
  func reads() async throws {
    let version = LockVersion(
      name: Self.lock, versionID: "17", byteCount: 4, time: UnixTime(seconds: 0), isDeletion: false,
      isCurrent: false)
    let (result, targets) = try await ask({ _ in "past" }) { try await $0.read(version, byteLimit: 10) }
    #expect(try result.get() == Array("past".utf8))
    #expect(targets.last?.hasSuffix("alt=media&generation=17") == true, "\(targets)")
  }
}

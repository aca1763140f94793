import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import TestSupport
import Testing

/// OpenStack Swift itself, with its own login and with those of Keystone.
@Suite(.serialized) struct SwiftTests {
  private static let name = String(repeating: "8a", count: 32)

  @Test("Swift keeps the promises, in pages of three")
  func conformance() async throws {
    let server = try await SwiftServer(pageEntryCount: 3)
    try await BucketConformance.check(
      connect: {
        try await StorageConnector.testing("swift:\($0):/pre", server.nativeEnvironment).connect()
      },
      make: { try await server.run("swift.put_container('\($0)')") },
      put: { try await server.run("swift.put_object('\($0)', '\($1)', open('\($2)', 'rb').read())") },
      remove: { try await server.run("swift.delete_object('\($0)', '\($1)')") })
    // A leading slash, a final one and odd characters are as restic has them.
    try await server.run(
      "swift.put_container('odd')\nswift.put_object('odd', '/a b/ü/locks/\(Self.name)', b'x')\n"
        + "swift.put_object('odd', '/a b/ü/config', b'x')")
    let odd = try await StorageConnector.testing("swift:odd://a b/./ü/", server.nativeEnvironment).connect()
    #expect(try await odd.storage.list(.locks, limit: 9).map(\.name) == [Self.name])
    #expect(try await odd.storage.stat(.config).byteCount == 1)
    await odd.close()
    let result = try await ReslockBinary.run(
      ["status", "-r", "swift:nowhere:/"], repository: nil, environment: server.nativeEnvironment)
    #expect(result.exitCode == 10, "\(result.stderr)")
  }

  @Test("each of Keystone's logins lets us in, and restic works beside us")
  func keystone() async throws {
    let keystone = try await KeystoneServer()
    let server = try await SwiftServer(keystone: keystone)
    let place = server.storageURL(project: keystone.project)
    let name = try #require(LockFileName(Self.name))
    try await LockRoundTrip(
      "swift:container:/pre", environment: keystone.environment(.password, storageURL: place)
    ).check()
    for login in KeystoneServer.Login.allCases {
      let variables = keystone.environment(login, storageURL: place)
      let connection = try await StorageConnector.testing("swift:container:/\(login)", variables) {
        $0.retries = false
      }.connect()
      do {
        try await connection.lockRemoval().restoreLock(name, content: [1, 2], modified: nil)
        #expect(try await connection.storage.list(.locks, limit: 9).map(\.byteCount) == [2], "\(login)")
        try await connection.lockRemoval().removeLock(name)
      } catch {
        Issue.record("\(login): \(error)")
      }
      await connection.close()
    }
    var wrong = keystone.environment(.password, storageURL: place)
    wrong["OS_PASSWORD"] = "wrongsecret"
    let refused = try await ReslockBinary.run(
      ["status", "-r", "swift:container:/pre"], repository: nil, environment: wrong)
    #expect(refused.exitCode == 1 && refused.stderr.contains("check the OS_"), "\(refused.stderr)")
    #expect(!refused.stderr.contains("wrongsecret"))
    var elsewhere = keystone.environment(.password, storageURL: place)
    elsewhere["OS_REGION_NAME"] = "nowhere"
    let lost = try await ReslockBinary.run(
      ["status", "-r", "swift:container:/pre"], repository: nil, environment: elsewhere)
    #expect(lost.exitCode == 1 && lost.stderr.contains("OS_REGION_NAME"), "\(lost.stderr)")
    var stale = keystone.environment(.givenToken, storageURL: place)
    stale["OS_AUTH_TOKEN"] = "stale"
    let old = try await ReslockBinary.run(
      ["status", "-r", "swift:container:/pre"], repository: nil, environment: stale)
    #expect(old.exitCode == 1 && old.stderr.contains("OS_AUTH_TOKEN"), "\(old.stderr)")
    // With a login beside it, a stale token is replaced.
    stale.merge(keystone.environment(.password, storageURL: place)) { $1 }
    let renewed = try await ReslockBinary.run(
      ["status", "-r", "swift:container:/pre"], repository: nil, environment: stale)
    #expect(renewed.exitCode == 0, "\(renewed.stderr)")
  }

  @Test("restic and reslock work side by side on Swift's own login, over TLS")
  func ownLogin() async throws {
    let server = try await SwiftServer(usesTLS: true)
    try await LockRoundTrip("swift:container:/pre", environment: server.nativeEnvironment).check()
    var wrong = server.nativeEnvironment
    wrong["ST_KEY"] = "wrongsecret"
    let refused = try await ReslockBinary.run(
      ["status", "-r", "swift:container:/pre"], repository: nil, environment: wrong)
    #expect(refused.exitCode == 1 && refused.stderr.contains("ST_"), "\(refused.stderr)")
    #expect(!refused.stderr.contains("wrongsecret"))
  }
}

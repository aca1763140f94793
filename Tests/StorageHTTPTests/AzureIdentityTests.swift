import BackendServers
import Foundation
import ResticStorage
import StorageContract
import StorageHTTP
import Synchronization
import TestSupport
import Testing

/// The chain of identities where neither key nor signature is given.
@Suite struct AzureIdentityTests {
  private static let principal = [
    "AZURE_ACCOUNT_KEY": "", "AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "client-1",
  ]
  private static let secret = "the+secret/of=it"

  /// How tokens were given while the locks were listed, or the error.
  private func list(
    _ server: AzureServer, _ variables: [String: String],
    az: (@Sendable ([String], String) async throws(TransportError) -> [UInt8])? = nil
  ) async throws -> Result<String, StorageError> {
    try await server.fill(locks: ["a"])
    try await server.run("GRANTS.clear()")
    let connection = try server.connect("azure:cont:/pre", variables, output: az)
    let result: Result<String, StorageError>
    do {
      #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == ["a"])
      _ = try await connection.storage.stat(.config)
      result = .success(try await server.run("print(*GRANTS, end='')"))
    } catch let error as StorageError {
      result = .failure(error)
    }
    await connection.close()
    return result
  }

  @Test("a secret, a certificate and a workload's token get a token each, asked for once")
  func principals() async throws {
    let server = try await AzureServer()
    let certificate = try await server.registerCertificate()
    let folder = try TemporaryFolder("workload")
    try Data(" the.workload.token\n".utf8).write(to: folder.url.appendingPathComponent("token"))
    for (variables, how) in [
      (["AZURE_CLIENT_SECRET": Self.secret], "secret"),
      (["AZURE_CLIENT_CERTIFICATE_PATH": certificate], "certificate"),
      (["AZURE_FEDERATED_TOKEN_FILE": folder.path("token")], "workload"),
    ] {
      let result = try await list(server, Self.principal.merging(variables) { $1 })
      #expect(try result.get() == how)
    }
  }

  @Test("identities of machines and services are found, and those variables name come before them")
  func managed() async throws {
    let server = try await AzureServer()
    let service = ["AZURE_ACCOUNT_KEY": "", "IDENTITY_ENDPOINT": "http://127.0.0.1:\(server.port)/msi/token"]
    #expect(
      try await list(server, service.merging(["IDENTITY_HEADER": "the-header"]) { $1 }).get() == "/msi/token")
    #expect(
      try await list(server, ["AZURE_ACCOUNT_KEY": ""]).get() == "/metadata/identity/oauth2/token")
    let both = service.merging(Self.principal) { $1 }.merging(
      ["IDENTITY_HEADER": "the-header", "AZURE_CLIENT_SECRET": Self.secret]
    ) { $1 }
    #expect(try await list(server, both).get() == "secret")
    let wrong = try await list(server, service.merging(["IDENTITY_HEADER": "wrong-header"]) { $1 })
    guard case .failure(let error) = wrong else {
      Issue.record("\(wrong)")
      return
    }
    #expect(error.kind == .notAllowed && !error.description.contains("wrong-header"), "\(error)")
  }

  @Test("a wrong secret is told without being shown")
  func wrongSecret() async throws {
    let server = try await AzureServer()
    let result = try await list(server, Self.principal.merging(["AZURE_CLIENT_SECRET": "wrongsecret"]) { $1 })
    guard case .failure(let error) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(error.kind == .notAllowed && error.description.contains("AZURE_CLIENT_SECRET"), "\(error)")
    #expect(error.description.contains("invalid_client") && !error.description.contains("wrongsecret"))
  }

  @Test(
    "the command line is the last source, and the only one where it is forced; its token is replaced when refused"
  )
  func commandLine() async throws {
    let server = try await AzureServer()
    let asked = Counter()
    let az: @Sendable ([String], String) async throws(TransportError) -> [UInt8] = {
      (_, _) async throws(TransportError) in
      Array(#"{"accessToken": "az-\#(asked.next())", "expiresOn": "2026-11-24 15:00:00.000000"}"#.utf8)
    }
    try await server.run("TOKENS.add('az-1')")
    let forced = ["AZURE_ACCOUNT_KEY": "", "AZURE_FORCE_CLI_CREDENTIAL": "true"]
    #expect(try await list(server, forced, az: az).get() == "")
    #expect(asked.count == 1)
    // The next run's token is not good, and the one after it is.
    try await server.run("TOKENS.add('az-3')")
    #expect(try await list(server, forced, az: az).get() == "")
    #expect(asked.count == 3)
    let none = try await list(server, forced)
    guard case .failure(let error) = none else {
      Issue.record("\(none)")
      return
    }
    #expect(error.kind == .notAllowed && error.description.contains("az is not started here"), "\(error)")
  }

  @Test("az from PATH is asked for a token, and its failures end with a reason")
  func program() async throws {
    let server = try await AzureServer()
    try await server.fill(locks: [])
    try await server.run("TOKENS.add('az-token')")
    let folder = try TemporaryFolder("bin")
    func az(_ script: String) throws {
      let file = folder.url.appendingPathComponent("az")
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    func status() async throws -> ProcessResult {
      try await ReslockBinary.run(
        ["status", "-r", "azure:cont:/pre"],
        environment: server.way.merging([
          "AZURE_FORCE_CLI_CREDENTIAL": "1", "PATH": "\(folder.path):/usr/bin:/bin",
        ]) { $1 })
    }
    let missing = try await status()
    #expect(missing.exitCode == 1 && missing.stderr.contains("az"), "\(missing.stderr)")
    try az(
      #"[ "$*" = "account get-access-token -o json --resource https://storage.azure.com" ] && echo '{"accessToken": "az-token"}'"#
    )
    let free = try await status()
    #expect(free.exitCode == 0, "\(free.stdout)\(free.stderr)")
    try az("exit 1")
    let failing = try await status()
    #expect(failing.exitCode == 1 && failing.stderr.contains("az login"), "\(failing.stderr)")
    try az("echo nothing")
    let empty = try await status()
    #expect(empty.exitCode == 1 && empty.stderr.contains("no token"), "\(empty.stderr)")
  }

  @Test("settings that can't work are refused before anything is sent")
  func settings() async throws {
    let server = try await AzureServer()
    let folder = try TemporaryFolder("pem")
    try Data("no certificate".utf8).write(to: folder.url.appendingPathComponent("pem"))
    for (variables, words) in [
      (Self.principal.merging(["AZURE_CLIENT_CERTIFICATE_PATH": folder.path("pem")]) { $1 }, "PEM"),
      (Self.principal.merging(["AZURE_USERNAME": "u", "AZURE_PASSWORD": "p"]) { $1 }, "az login"),
      (
        Self.principal.merging(["AZURE_CLIENT_SECRET": "s", "AZURE_AUTHORITY_HOST": "http://h"]) { $1 },
        "https"
      ),
      (Self.principal.merging(["AZURE_CLIENT_SECRET": "s", "AZURE_TENANT_ID": "a/../b"]) { $1 }, "tenant"),
      (["AZURE_ACCOUNT_KEY": "", "IDENTITY_ENDPOINT": "http://h/x"], "App Service"),
    ] {
      let error = #expect(throws: TransportError.self) {
        _ = try server.connect("azure:cont:/pre", variables)
      }
      #expect(error?.hint.contains(words) == true, "\(String(describing: error)) \(error?.hint ?? "")")
    }
    #expect(try await server.run("print(len(tunnel.REQUESTS))") == "0\n")
  }
}

/// Counts across tasks.
private final class Counter: Sendable {
  private let state = Mutex(0)

  var count: Int { state.withLock { $0 } }

  func next() -> Int {
    state.withLock {
      $0 += 1
      return $0
    }
  }
}
